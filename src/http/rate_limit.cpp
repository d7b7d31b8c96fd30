#include "http/rate_limit.hpp"

#include "http/problem.hpp"

#include <boost/container_hash/hash.hpp>

#include <algorithm>
#include <string>

namespace dibs::http {

rate_key key_of(const asio::ip::address& client) {
    if (client.is_v4()) return {~std::uint64_t{0}, client.to_v4().to_uint()};  // no network begins so
    rate_key made;
    const auto bytes = client.to_v6().to_bytes();
    for (std::size_t i = 0; i < 8; ++i) made.high = made.high << 8 | bytes[i];
    return made;
}

std::size_t rate_limit::hash::operator()(const rate_key& key) const {
    std::size_t made = 0;
    boost::hash_combine(made, key.high);
    boost::hash_combine(made, key.low);
    return made;
}

rate_limit::rate_limit(rate allowed, std::size_t most)
    : interval_(std::chrono::duration_cast<steady::duration>(
          std::chrono::duration<double>(1 / allowed.per_second))),
      tolerance_(
          std::chrono::duration_cast<steady::duration>(interval_ * (std::max(allowed.burst, 1.0) - 1))),
      most_(std::max<std::size_t>(most, 1)) {}

rate_limit::bucket& rate_limit::bucket_of(const rate_key& who, steady::time_point now) {
    if (const auto known = buckets_.find(who); known != buckets_.end()) {
        order_.splice(order_.begin(), order_, known->second);
        return order_.front();
    }
    if (order_.size() >= most_) {
        buckets_.erase(order_.back().key);
        order_.pop_back();
    }
    order_.push_front({who, now});
    buckets_.emplace(who, order_.begin());
    return order_.front();
}

std::optional<steady::duration> rate_limit::refuse(const rate_key& who, steady::time_point now) {
    bucket& found = bucket_of(who, now);
    const steady::time_point full = std::max(found.full, now);
    if (full - now > tolerance_) return full - now - tolerance_;
    found.full = full + interval_;
    return std::nullopt;
}

response rate_limited(steady::duration again_after) {
    problem made;
    made.status = 429;
    made.type = "/problems/rate-limited";
    made.title = "Too many requests";
    made.detail = "come again after the time in Retry-After";
    response answer = to_response(made);
    const auto seconds =
        std::max(std::chrono::ceil<std::chrono::seconds>(again_after).count(), std::int64_t{1});
    answer.headers.emplace_back("Retry-After", std::to_string(seconds));
    return answer;
}

}  // namespace dibs::http
