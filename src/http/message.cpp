#include "http/message.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <stdexcept>

namespace dibs::http {

std::string_view to_string(method verb) {
    switch (verb) {
        case method::get: return "GET";
        case method::head: return "HEAD";
        case method::post: return "POST";
        case method::put: return "PUT";
        case method::patch: return "PATCH";
        case method::erase: return "DELETE";
        case method::options: return "OPTIONS";
        case method::other: break;
    }
    return "OTHER";
}

std::optional<std::string_view> request::header(std::string_view name) const {
    const auto found = std::ranges::find_if(
        fields, [name](const header_field& one) { return boost::beast::iequals(one.name, name); });
    if (found == fields.end()) return std::nullopt;
    return found->value;
}

std::string_view path_params::at(std::string_view name) const {
    const auto found = std::ranges::find_if(values_, [name](const auto& one) { return one.first == name; });
    if (found == values_.end()) throw std::out_of_range("the path has no {" + std::string(name) + "}");
    return found->second;
}

}  // namespace dibs::http
