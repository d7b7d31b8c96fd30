// What a request says of itself and of the proxies before it: the first line is a `traceparent` and a request
// id, each further one a field X-Forwarded-For.
#include "http/client_address.hpp"
#include "http/request_id.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

namespace dibs::fuzz {
namespace {

using boost::asio::ip::address;
using boost::asio::ip::make_address;

/// W3C Trace Context, section 3.2, without the code under test: `x` stands for a digit.
bool is_traceparent(const std::string& text) {
    static const std::string form = "xx-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-xxxxxxxxxxxxxxxx-xx";
    if (text.size() < form.size()) return false;
    for (std::size_t i = 0; i < form.size(); ++i) {
        const bool digit = text[i] != '\0' && std::strchr("0123456789abcdef", text[i]) != nullptr;
        if (form[i] == 'x' ? !digit : text[i] != '-') return false;
    }
    if (text.starts_with("ff") || text.substr(3, 32) == std::string(32, '0') ||
        text.substr(36, 16) == std::string(16, '0'))
        return false;
    return text.size() == form.size() || (text[form.size()] == '-' && !text.starts_with("00"));
}

void trace(std::string_view text) {
    const auto read = http::read_traceparent(text);
    require(read.has_value() == is_traceparent(std::string(text)), "read otherwise than W3C has it");
    if (!read) return;
    const auto within = [&](std::string_view part) {
        return part.data() >= text.data() && part.data() + part.size() <= text.data() + text.size();
    };
    require(within(read->trace_id) && within(read->parent_id) && within(read->flags), "read beyond the text");
}

void request_id(std::string_view text) {
    if (!http::is_request_id(text)) return;
    require(
        text.size() <= 64 && std::ranges::none_of(text, [](unsigned char c) { return c <= ' ' || c > '~'; }),
        "an id that must not stand in a log");
}

const std::vector<http::address_block>& trusted() {
    static const std::vector<http::address_block> all{http::address_block::read("10.0.0.0/8").value(),
                                                      http::address_block::read("fd00::/8").value()};
    return all;
}

bool trusts(const address& one) {
    return std::ranges::any_of(trusted(), [&](const auto& block) { return block.has(one); });
}

void forwarded(const std::vector<std::string>& lines) {
    std::vector<http::header_field> fields;
    std::string joined;
    for (const auto& line : lines) {
        fields.push_back({"X-Forwarded-For", line});
        joined += (joined.empty() ? "" : ",") + line;
    }
    const auto proxy = make_address("10.1.2.3");
    const auto stranger = make_address("192.0.2.7");
    require(http::client_address(proxy, fields, {}) == proxy, "believed although nobody is trusted");
    require(http::client_address(stranger, fields, trusted()) == stranger, "a stranger was believed");
    const auto found = http::client_address(proxy, fields, trusted());
    require(found == http::plain(found), "an IPv4 address in the clothes of IPv6");
    // Whoever is not trusted was named by somebody who is, so nothing further to the left was believed.
    const bool one_list =
        std::ranges::none_of(lines, [](const auto& line) { return line.empty() || line[0] == ','; });
    const std::vector<http::header_field> whole{{"x-forwarded-for", joined}};
    if (one_list && !lines.empty())
        require(http::client_address(proxy, whole, trusted()) == found, "several fields are not one list");
    const std::string with_a_lie = "198.51.100.1," + joined;
    const std::vector<http::header_field> lied{{"X-Forwarded-For", with_a_lie}};
    if (one_list && !lines.empty() && !trusts(found))
        require(http::client_address(proxy, lied, trusted()) == found, "what a client says of itself counts");
}

void block(std::string_view text) {
    const auto read = http::address_block::read(text);
    if (!read) return;
    boost::system::error_code none;
    const auto first = make_address(std::string(text.substr(0, text.find('/'))), none);
    require(!none && read->has(first), "a block without its first address");
}

}  // namespace
}  // namespace dibs::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace dibs::fuzz;
    std::vector<std::string> lines;
    for (auto rest = text_of(data, size);;) {
        const auto end = std::min(rest.find('\n'), rest.size());
        lines.emplace_back(rest.substr(0, end));
        if (end == rest.size()) break;
        rest.remove_prefix(end + 1);
    }
    trace(lines.front());
    request_id(lines.front());
    for (const auto& line : lines) block(line);
    lines.erase(lines.begin());
    forwarded(lines);
    return 0;
}
