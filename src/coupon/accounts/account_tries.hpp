#pragma once

#include "coupon/accounts/try_limit.hpp"
#include "http/rate_limit.hpp"

#include <chrono>
#include <string>

namespace dibs::coupon {

/// Bounds how often passwords, or a guest's key, of one account are tried from one place, and, more widely,
/// from all: a stranger's tries do not keep its owner out. Pure.
class account_tries {
   public:
    /// As try_limit's.
    std::chrono::seconds count(const std::string& account, http::rate_key from, steady::time_point now);
    void forgive(const std::string& account, http::rate_key from);

   private:
    try_limit from_one_{{.burst = 10, .interval = std::chrono::seconds(6)}};
    try_limit from_all_{{.burst = 100, .interval = std::chrono::seconds(1)}};
};

}  // namespace dibs::coupon
