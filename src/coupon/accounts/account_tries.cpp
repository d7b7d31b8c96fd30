#include "coupon/accounts/account_tries.hpp"

#include <fmt/format.h>

namespace dibs::coupon {
namespace {

std::string key_of(const std::string& account, http::rate_key from) {
    return fmt::format("{:x}:{:x} {}", from.high, from.low, account);
}

}  // namespace

std::chrono::seconds account_tries::count(const std::string& account, http::rate_key from,
                                          steady::time_point now) {
    const auto wait = from_one_.count(key_of(account, from), now);
    return wait > wait.zero() ? wait : from_all_.count(account, now);
}

void account_tries::forgive(const std::string& account, http::rate_key from) {
    from_one_.forgive(key_of(account, from));
    from_all_.forgive(account);
}

}  // namespace dibs::coupon
