#pragma once

#include "core/asio.hpp"

#include <algorithm>

/// When a lease is renewed and when it is given up. Pure: every time is passed in.
namespace dibs::locks {

/// The holder is told of a loss by so much before its lease can end, to stop what it is doing.
constexpr steady::duration loss_margin(steady::duration lease) {
    return std::clamp<steady::duration>(lease / 20, std::chrono::milliseconds(1),
                                        std::chrono::milliseconds(250));
}

constexpr deadline give_up_at(deadline valid_until, steady::duration lease) {
    return valid_until - loss_margin(lease);
}

/// A third of the lease has passed.
constexpr deadline renew_at(deadline valid_until, steady::duration lease) {
    return valid_until - lease * 2 / 3;
}

/// A renewal that was not answered is asked for again after this, with a deadline as short, so that a silent
/// connection costs several tries and not the lease.
constexpr steady::duration retry_interval(steady::duration lease) {
    return std::clamp<steady::duration>(lease / 12, std::chrono::milliseconds(5), std::chrono::seconds(1));
}

}  // namespace dibs::locks
