#pragma once

#include "check/verdict.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

namespace dibs::check {

/// A check of a whole history.
using judge = std::function<verdict(const events&)>;

/// Without that event, and where it is an invoke without what belongs to it.
inline events without(const events& all, std::size_t left_out) {
    const auto& out = all.at(left_out);
    events rest;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto& one = all[i];
        const bool same = one.process == out.process && one.operation == out.operation;
        if (i != left_out && !(same && out.phase == history::phase::invoke)) rest.push_back(one);
    }
    return rest;
}

/// The proof alone is violated once, and no longer when any of its events is left out.
inline void expect_minimal(const verdict& found, const judge& check) {
    ASSERT_EQ(found.found, verdict::result::violated) << found.check;
    EXPECT_FALSE(found.explanation.empty());
    EXPECT_TRUE(std::ranges::is_sorted(found.proof, {}, &history::event::at_ns));
    const auto again = check(found.proof);
    EXPECT_EQ(again.violations, 1U) << found.check;
    for (std::size_t i = 0; i < found.proof.size(); ++i)
        EXPECT_NE(check(without(found.proof, i)).found, verdict::result::violated)
            << found.check << " without " << to_line(found.proof[i]);
}

}  // namespace dibs::check
