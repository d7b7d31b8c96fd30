#pragma once

#include <exception>
#include <optional>

namespace dibs::coupon {

/// What came of one of several claims that were made in one round trip.
template <class Answer>
struct lane_answer {
    std::optional<Answer> made = std::nullopt;
    std::exception_ptr failed = nullptr;  ///< where nothing was made
};

}  // namespace dibs::coupon
