#pragma once

#include "http/message.hpp"

#include <boost/asio/ip/address.hpp>

#include <optional>
#include <string_view>
#include <vector>

namespace dibs::http {

/// The addresses that begin with the same bits.
class address_block {
   public:
    /// `10.0.0.0/8`, `fd00::/8`, or one address. Empty: neither.
    static std::optional<address_block> read(std::string_view text);
    bool has(const asio::ip::address& one) const;

   private:
    asio::ip::address first_;
    unsigned bits_ = 0;
};

/// An IPv4 address in its own form, when it comes dressed as IPv6 (`::ffff:192.0.2.1`).
asio::ip::address plain(const asio::ip::address& one);

/// Who asks: `peer`, or what it and the proxies before it say in X-Forwarded-For: the right-most address that
/// is not trusted. An entry that is no address ends the search at the proxy that passed it on. The field
/// Forwarded (RFC 7239) is not read. Pure.
asio::ip::address client_address(const asio::ip::address& peer, const std::vector<header_field>& fields,
                                 const std::vector<address_block>& trusted);

}  // namespace dibs::http
