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

/// The margin of a lease that may be nearly over when it comes into somebody's care, as one that another
/// holder of this process hands on: there has to be time for a renewal.
constexpr steady::duration loss_margin(steady::duration lease, steady::duration left) {
    return std::clamp<steady::duration>(left / 4, steady::duration::zero(), loss_margin(lease));
}

/// When a third of the lease has passed, or of what is left of it: a grant that another's release pushed
/// lasts a second until it is renewed, and a hold shorter than a third of that should cost no renewal.
constexpr deadline renew_at(deadline now, deadline valid_until, steady::duration lease) {
    return valid_until - std::min(lease, valid_until - now) * 2 / 3;
}

/// A renewal that was not answered is asked for again after this, with a deadline as short, so that a silent
/// connection costs several tries and not the lease.
constexpr steady::duration retry_interval(steady::duration lease) {
    return std::clamp<steady::duration>(lease / 12, std::chrono::milliseconds(5), std::chrono::seconds(1));
}

}  // namespace dibs::locks
