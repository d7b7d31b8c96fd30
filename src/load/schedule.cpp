#include "load/schedule.hpp"

#include <algorithm>
#include <map>

namespace dibs::load {
namespace {

using std::chrono::nanoseconds;

/// length · part / whole, rounded down and without overflow (part ≤ whole).
nanoseconds fraction(nanoseconds length, std::int64_t part, std::int64_t whole) {
    const std::int64_t ticks = length.count();
    return nanoseconds((ticks / whole * part) + (ticks % whole * part / whole));
}

class planner {
   public:
    explicit planner(const grace& allowed) : grace_(allowed) {}

    void jump(std::uint32_t target) {
        while (users_ < target) start_next(end_);
        while (users_ > target) stop_last(end_);
    }

    void ramp(const stage& next) {
        const auto from = static_cast<std::int64_t>(users_);
        const auto target = static_cast<std::int64_t>(next.target);
        end_ += next.length;
        if (next.length == nanoseconds::zero()) return jump(next.target);
        for (std::int64_t user = from + 1; user <= target; ++user)
            start_next(end_ - fraction(next.length, target - user, target - from));
        for (std::int64_t user = from; user > target; --user)
            stop_last(end_ - fraction(next.length, user - target - 1, from - target));
    }

    schedule finish() && {
        const nanoseconds last = end_ + grace_.stop;
        for (auto& [user, at] : pending_cuts_) plan_.steps.push_back({std::min(at, last), user, turn::cut});
        plan_.length = end_;
        for (std::uint32_t user = users_; user > 0; --user) {
            plan_.steps.push_back({end_, user, turn::stop});
            plan_.steps.push_back({last, user, turn::cut});
        }
        std::ranges::stable_sort(plan_.steps, {}, &step::at);
        return std::move(plan_);
    }

   private:
    void start_next(nanoseconds at) {
        const std::uint32_t user = ++users_;
        if (const auto cut = pending_cuts_.find(user); cut != pending_cuts_.end()) {
            if (cut->second < at) plan_.steps.push_back({cut->second, user, turn::cut});
            pending_cuts_.erase(cut);
        }
        plan_.steps.push_back({at, user, turn::start});
        plan_.peak = std::max(plan_.peak, users_);
    }

    void stop_last(nanoseconds at) {
        plan_.steps.push_back({at, users_, turn::stop});
        pending_cuts_[users_] = at + grace_.ramp_down;
        --users_;
    }

    grace grace_;
    schedule plan_{};
    std::uint32_t users_ = 0;
    nanoseconds end_{0};
    std::map<std::uint32_t, nanoseconds> pending_cuts_;  // of users that have stopped and not started again
};

}  // namespace

schedule plan(std::uint32_t start_users, std::span<const stage> stages, const grace& allowed) {
    planner planned(allowed);
    planned.jump(start_users);
    for (const stage& next : stages) planned.ramp(next);
    return std::move(planned).finish();
}

}  // namespace dibs::load
