#include "tests/fuzz/strict_request.hpp"

#include "tests/fuzz/fuzz.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

namespace dibs::fuzz {
namespace {

constexpr std::string_view line_end = "\r\n";

std::string_view take_line(std::string_view& rest, const char* property) {
    const auto end = rest.find(line_end);
    require(end != std::string_view::npos, property);
    const auto line = rest.substr(0, end);
    rest.remove_prefix(end + line_end.size());
    return line;
}

bool is_token(std::string_view text) {
    constexpr std::string_view others = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::ranges::all_of(text, [&](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
               others.find(c) != std::string_view::npos;
    });
}

std::optional<std::size_t> number_in(std::string_view digits, int base) {
    std::size_t number = 0;
    const auto* const end = digits.data() + digits.size();
    const auto [read, failed] = std::from_chars(digits.data(), end, number, base);
    if (failed != std::errc() || read != end) return std::nullopt;
    return number;
}

std::string_view without_blanks(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

struct header {
    bool is_1_1 = false;
    std::vector<http::header_field> fields;

    std::optional<std::string_view> only(std::string_view name) const {
        std::optional<std::string_view> found;
        for (const auto& [has, value] : fields) {
            if (!boost::beast::iequals(has, name)) continue;
            require(!found, "a field that says where a request ends or whose it is stands twice");
            found = value;
        }
        return found;
    }
};

header read_header(std::string_view text, const http::request& read) {
    header found;
    require(text.find('\0') == std::string_view::npos, "a NUL in the header");
    const auto line = take_line(text, "no request line");
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    require(first != std::string_view::npos && is_token(line.substr(0, first)), "the method is no token");
    require(last > first && line.substr(first + 1, last - first - 1) == read.target, "another target");
    require(read.target.find_first_of(" \t\r\n") == std::string_view::npos, "a blank in the target");
    found.is_1_1 = line.substr(last + 1) == "HTTP/1.1";
    require(found.is_1_1 || line.substr(last + 1) == "HTTP/1.0", "another version");
    while (!text.starts_with(line_end)) {
        const auto field = take_line(text, "a line without end");
        const auto colon = field.find(':');
        require(colon != std::string_view::npos && is_token(field.substr(0, colon)), "a name is no token");
        require(field.find_first_of("\r\n") == std::string_view::npos, "a bare line end in a field");
        found.fields.push_back({field.substr(0, colon), without_blanks(field.substr(colon + 1))});
    }
    return found;
}

/// Only among fields of one name does the order mean anything.
std::vector<http::header_field> by_name(std::vector<http::header_field> fields) {
    std::ranges::stable_sort(fields, boost::beast::iless(), &http::header_field::name);
    return fields;
}

std::string unchunked(std::string_view& rest) {
    std::string body;
    for (;;) {
        const auto line = take_line(rest, "a chunk's header without end");
        require(line.find_first_of("\r\n") == std::string_view::npos, "a bare line end in a chunk's header");
        const auto size = number_in(line.substr(0, line.find_first_of("; \t")), 16);
        require(size.has_value(), "a chunk's size is no number");
        if (*size == 0) break;
        require(*size <= rest.size(), "a chunk is longer than what was read");
        body += rest.substr(0, *size);
        rest.remove_prefix(*size);
        require(take_line(rest, "a chunk without end").empty(), "a chunk is longer than it says");
    }
    while (!take_line(rest, "a trailer without end").empty()) {
    }
    return body;
}

}  // namespace

void require_one_meaning(std::string_view bytes, const http::request& read,
                         const http::request_limits& limits) {
    while (bytes.starts_with(line_end)) bytes.remove_prefix(line_end.size());
    const auto end = bytes.find("\r\n\r\n");
    require(end != std::string_view::npos, "a header without end");
    const auto size = end + 4;
    require(size <= limits.header_bytes, "the header is over its limit");
    require(read.body.size() <= limits.body_bytes, "the body is over its limit");
    const header found = read_header(bytes.substr(0, size), read);
    require(std::ranges::equal(
                by_name(found.fields), by_name(read.fields),
                [](const auto& a, const auto& b) { return a.name == b.name && a.value == b.value; }),
            "other fields");
    require(found.only("Host").has_value() || !found.is_1_1, "no Host");
    found.only("Authorization");
    found.only("Idempotency-Key");
    const auto length = found.only("Content-Length");
    const auto coding = found.only("Transfer-Encoding");
    require(!length || !coding, "two lengths");
    auto rest = bytes.substr(size);
    if (coding) {
        require(found.is_1_1 && boost::beast::iequals(*coding, "chunked"), "an unknown coding");
        require(unchunked(rest) == read.body && rest.empty(), "the chunks are another body");
        return;
    }
    if (length) require(number_in(*length, 10) == rest.size(), "another length than Content-Length");
    require(length || rest.empty(), "a body of which no field says the length");
    require(rest == read.body, "another body");
}

}  // namespace dibs::fuzz
