#pragma once

#include "core/asio.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <unordered_map>

namespace dibs::coupon {

/// Bounds how often passwords, or a guest's key, of one account are tried: `burst` times at once, then once
/// an interval. Pure.
class try_limit {
   public:
    struct limits {
        int burst;
        std::chrono::seconds interval;
    };

    explicit try_limit(limits allowed) : allowed_(allowed) {}

    /// Counts a try. Zero: go on; else nothing is counted, and this is how long to wait before the next.
    std::chrono::seconds count(const std::string& account, steady::time_point now);
    /// Who knew the password may begin anew.
    void forgive(const std::string& account) { free_at_.erase(account); }

    /// Accounts that are remembered: at most twice those tried within burst × interval, or a thousand.
    std::size_t remembered() const { return free_at_.size(); }

   private:
    void forget_old(steady::time_point now);

    limits allowed_;
    // When all tries of an account will be free again (the generic cell rate algorithm, ITU-T I.371).
    std::unordered_map<std::string, steady::time_point> free_at_;
    std::size_t forget_at_ = 1000;
};

}  // namespace dibs::coupon
