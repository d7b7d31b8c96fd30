#pragma once

#include "core/asio.hpp"
#include "locks/validity.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace dibs::locks {

/// Until when a lease holds, as its renewals move it. Pure: every time is passed in. Only get() may be called
/// from any thread.
class lease_end {
   public:
    struct renewal {
        std::uint64_t number;
        deadline sent;
        std::chrono::milliseconds lease;
    };

    explicit lease_end(deadline until) : until_(until) {}

    deadline get() const { return until_; }
    /// How many renewals were asked for, whatever came of them.
    std::uint64_t asked() const { return renewals_; }

    /// A renewal is sent. A shorter lease counts from now on: a request that is never answered may have been
    /// carried out.
    renewal ask(std::chrono::milliseconds lease, deadline now) {
        cut(valid_until(now, lease));
        return {++renewals_, now, lease};
    }
    /// It was granted. False: a later one was asked for meanwhile, which may be to a shorter time and is not
    /// undone.
    bool granted(const renewal& what) {
        if (what.number != renewals_) return false;
        until_ = valid_until(what.sent, what.lease);
        return true;
    }
    void cut(deadline until) { until_ = std::min(get(), until); }
    void stretch(deadline until) { until_ = std::max(get(), until); }

   private:
    std::atomic<deadline> until_;
    std::uint64_t renewals_ = 0;
};

}  // namespace dibs::locks
