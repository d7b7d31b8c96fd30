#include "http/target.hpp"

#include "http/characters.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>

namespace dibs::http {
namespace {

/// What follows the scheme, if there is one that this server serves.
std::optional<std::string_view> after_scheme(std::string_view sent) {
    for (const std::string_view scheme : {"http://", "https://"})
        if (boost::beast::iequals(sent.substr(0, scheme.size()), scheme)) return sent.substr(scheme.size());
    return std::nullopt;
}

constexpr std::string_view authority_marks = "-._~%!$&'()*+;=:[]";

}  // namespace

bool is_authority(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char one) {
        return is_alphanumeric(one) || authority_marks.find(one) != std::string_view::npos;
    });
}

std::optional<request_target> read_target(std::string_view sent) {
    request_target read;
    if (!std::ranges::all_of(sent, is_visible) || sent.find('#') != std::string_view::npos)
        return std::nullopt;
    if (const auto rest = after_scheme(sent)) {
        const std::size_t end = std::min(rest->find_first_of("/?"), rest->size());
        read.authority = rest->substr(0, end);
        if (!is_authority(read.authority)) return std::nullopt;
        sent = rest->substr(end);
    }
    const std::size_t mark = std::min(sent.find('?'), sent.size());
    read.path = sent.substr(0, mark);
    read.query = sent.substr(std::min(mark + 1, sent.size()));
    if (read.path.empty() && !read.authority.empty()) read.path = "/";
    if (!read.path.starts_with('/') && sent != "*") return std::nullopt;
    return read;
}

}  // namespace dibs::http
