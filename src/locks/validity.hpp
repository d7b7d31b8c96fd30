#pragma once

#include "core/asio.hpp"

#include <cstdint>
#include <optional>

/// How long a grant may be relied on. Pure: every time is passed in.
namespace dibs::locks {

/// Two clocks that measure one lease drift apart: 1 % of it and 2 ms are given away (as Redlock does).
constexpr steady::duration drift_margin(steady::duration lease) {
    return lease / 100 + std::chrono::milliseconds(2);
}

/// A grant asked for at `sent`: the server began to count later than that.
constexpr deadline valid_until(deadline sent, steady::duration lease) {
    return sent + lease - drift_margin(lease);
}

/// Translates times of a Redis server's clock to the steady clock, from the last request it answered: the
/// reply's time was read after the request was sent.
class server_clock {
   public:
    /// `server_us`: the server's time, in microseconds, in the reply to what was sent at `sent`.
    void observe(deadline sent, std::int64_t server_us) {
        sent_ = sent;
        server_us_ = server_us;
    }

    /// The earliest that the server's clock can show `server_us`; empty before the first observation.
    std::optional<deadline> earliest(std::int64_t server_us) const {
        if (!sent_) return std::nullopt;
        return *sent_ + std::chrono::microseconds(server_us - server_us_);
    }

   private:
    std::optional<deadline> sent_;
    std::int64_t server_us_ = 0;
};

}  // namespace dibs::locks
