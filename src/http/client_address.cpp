#include "http/client_address.hpp"

#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <charconv>
#include <ranges>
#include <string>

namespace dibs::http {
namespace {

using asio::ip::address;

std::optional<address> read_address(std::string_view text) {
    boost::system::error_code failed;
    const address read = asio::ip::make_address(std::string(text), failed);
    if (failed || (read.is_v6() && read.to_v6().scope_id() != 0)) return std::nullopt;
    return plain(read);
}

/// Some proxies add the port: `192.0.2.1:4711`, `[2001:db8::1]:4711`.
std::string_view without_port(std::string_view entry) {
    if (entry.starts_with('[')) return entry.substr(1, std::min(entry.find(']'), entry.size()) - 1);
    const bool one_colon = std::ranges::count(entry, ':') == 1;
    return one_colon ? entry.substr(0, entry.find(':')) : entry;
}

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
    text.remove_prefix(begin);
    return text.substr(0, text.find_last_not_of(" \t") + 1);
}

/// Takes the entry after the last comma off the list.
std::string_view take_last(std::string_view& list) {
    const std::size_t comma = list.rfind(',');
    const bool only_one = comma == std::string_view::npos;
    const std::string_view last = only_one ? list : list.substr(comma + 1);
    list = only_one ? std::string_view{} : list.substr(0, comma);
    return trimmed(last);
}

bool is_trusted(const address& one, const std::vector<address_block>& trusted) {
    return std::ranges::any_of(trusted, [&one](const address_block& block) { return block.has(one); });
}

}  // namespace

address plain(const address& one) {
    if (!one.is_v6() || !one.to_v6().is_v4_mapped()) return one;
    return asio::ip::make_address_v4(asio::ip::v4_mapped, one.to_v6());
}

std::optional<address_block> address_block::read(std::string_view text) {
    const std::size_t slash = std::min(text.find('/'), text.size());
    boost::system::error_code failed;
    const address first = asio::ip::make_address(std::string(text.substr(0, slash)), failed);
    if (failed || (first.is_v6() && first.to_v6().scope_id() != 0)) return std::nullopt;
    address_block made;
    made.first_ = first;
    const unsigned most = first.is_v4() ? 32 : 128;
    made.bits_ = most;
    if (slash == text.size()) return made;
    const char* const end = text.data() + text.size();
    const auto [read_to, wrong] = std::from_chars(text.data() + slash + 1, end, made.bits_);
    if (wrong != std::errc() || read_to != end || made.bits_ > most) return std::nullopt;
    return made;
}

bool address_block::has(const address& one) const {
    const auto bits = static_cast<unsigned short>(bits_);
    if (first_.is_v4() != one.is_v4()) return false;
    if (one.is_v4()) {
        using asio::ip::network_v4;
        return network_v4(first_.to_v4(), bits).network() == network_v4(one.to_v4(), bits).network();
    }
    using asio::ip::network_v6;
    return network_v6(first_.to_v6(), bits).network() == network_v6(one.to_v6(), bits).network();
}

address client_address(const address& peer, const std::vector<header_field>& fields,
                       const std::vector<address_block>& trusted) {
    address found = plain(peer);
    if (trusted.empty()) return found;
    for (const header_field& field : fields | std::views::reverse) {
        if (!boost::beast::iequals(field.name, "X-Forwarded-For")) continue;
        for (std::string_view list = field.value; !list.empty();) {
            if (!is_trusted(found, trusted)) return found;
            const auto next = read_address(without_port(take_last(list)));
            if (!next) return found;
            found = *next;
        }
    }
    return found;
}

}  // namespace dibs::http
