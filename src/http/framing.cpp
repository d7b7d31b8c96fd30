#include "http/framing.hpp"

#include "http/characters.hpp"
#include "http/target.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <array>
#include <string>

namespace dibs::http {
namespace {

using boost::beast::iequals;

/// Fields that a request has at most once.
constexpr std::array<std::string_view, 7> single{"Host",         "Content-Length", "Transfer-Encoding",
                                                 "Content-Type", "Authorization",  "Idempotency-Key",
                                                 "Expect"};

std::optional<std::string_view> repeated(const std::vector<header_field>& fields) {
    for (const std::string_view name : single)
        if (std::ranges::count_if(fields, [name](const auto& one) { return iequals(one.name, name); }) > 1)
            return name;
    return std::nullopt;
}

const header_field* find(const std::vector<header_field>& fields, std::string_view name) {
    const auto found =
        std::ranges::find_if(fields, [name](const auto& one) { return iequals(one.name, name); });
    return found == fields.end() ? nullptr : &*found;
}

bool all_digits(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_digit); }

}  // namespace

bool may_trail(std::string_view name) {
    return std::ranges::none_of(single, [name](std::string_view one) { return iequals(one, name); });
}

std::optional<refusal> check_framing(const std::vector<header_field>& fields, unsigned version) {
    if (const auto name = repeated(fields)) return refusal{400, "more than one " + std::string(*name)};
    const header_field* host = find(fields, "Host");
    if (version >= 11 && host == nullptr) return refusal{400, "there is no Host"};
    if (host != nullptr && !is_authority(host->value)) return refusal{400, "the Host is no host"};
    const header_field* length = find(fields, "Content-Length");
    if (length != nullptr && !all_digits(length->value))
        return refusal{400, "the Content-Length is no number"};
    const header_field* coding = find(fields, "Transfer-Encoding");
    if (coding == nullptr) return std::nullopt;
    if (version < 11) return refusal{400, "HTTP/1.0 has no Transfer-Encoding"};
    if (length != nullptr) return refusal{400, "both Content-Length and Transfer-Encoding"};
    if (!iequals(coding->value, "chunked"))
        return refusal{400, "the only Transfer-Encoding understood is a single `chunked`"};
    return std::nullopt;
}

}  // namespace dibs::http
