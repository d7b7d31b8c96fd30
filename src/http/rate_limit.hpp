#pragma once

#include "core/asio.hpp"
#include "http/message.hpp"

#include <boost/asio/ip/address.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <unordered_map>

namespace dibs::http {

/// Whom a rate is counted for.
struct rate_key {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    bool operator==(const rate_key&) const = default;
};
/// An IPv4 address, or the /64 network of an IPv6 address: one customer has all of it.
rate_key key_of(const asio::ip::address& client);

struct rate {
    double per_second = 0;
    double burst = 1;  ///< how many may come at once
};

/// Token buckets, one for each key, full at first (as the generic cell rate algorithm counts them: by the
/// time at which the bucket will be full). Of more than `most` keys the one that was not seen for longest is
/// forgotten, and begins anew. Not thread-safe.
class rate_limit {
   public:
    rate_limit(rate allowed, std::size_t most);

    /// Empty: admitted. Else refused, and how long until one will be admitted; a refusal costs nothing.
    std::optional<steady::duration> refuse(const rate_key& who, steady::time_point now);
    std::size_t keys() const { return order_.size(); }

   private:
    struct bucket {
        rate_key key;
        steady::time_point full;
    };
    struct hash {
        std::size_t operator()(const rate_key& key) const;
    };
    bucket& bucket_of(const rate_key& who, steady::time_point now);

    steady::duration interval_;
    steady::duration tolerance_;
    std::size_t most_;
    std::list<bucket> order_;  // the last seen first
    std::unordered_map<rate_key, std::list<bucket>::iterator, hash> buckets_;
};

/// 429 with Retry-After, rounded up to whole seconds.
response rate_limited(steady::duration again_after);

}  // namespace dibs::http
