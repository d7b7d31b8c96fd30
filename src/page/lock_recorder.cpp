#include "page/lock_recorder.hpp"

#include <algorithm>

namespace dibs::page {
namespace {

/// As a histogram takes them: not negative.
double lock_ms(std::chrono::nanoseconds time) {
    return std::max(0.0, std::chrono::duration<double, std::milli>(time).count());
}

}  // namespace

void lock_recorder::acquired(const acquisition& what) {
    using outcome = acquisition::outcome;
    auto& of = all_[what.algorithm];
    if (what.ended != outcome::granted && what.ended != outcome::busy) {
        ++of.failed;
        return;
    }
    of.wait.add(lock_ms(what.wait));
    ++(what.ended == outcome::granted ? of.acquired : of.timed_out);
    of.tries += static_cast<std::uint64_t>(what.tries);
}

void lock_recorder::held(const hold_end& what) { all_[what.algorithm].hold.add(lock_ms(what.held)); }

}  // namespace dibs::page
