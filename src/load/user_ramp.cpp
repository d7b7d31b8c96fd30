#include "load/user_ramp.hpp"

#include "load/stage.hpp"

#include <algorithm>

namespace dibs::load {

user_ramp::user_ramp(run_context& context, const ramping_users& asked)
    : context_(context), schedule_(plan(asked.start, asked.stages, context.plan.allowed)) {
    if (schedule_.peak == 0) throw bad_scenario("the stages never have a user");
    if (schedule_.length == std::chrono::nanoseconds::zero())
        throw bad_scenario("the stages last no time at all");
    for (std::uint32_t number = 1; number <= schedule_.peak; ++number)
        users_.push_back(std::make_unique<virtual_user>(context_, number));
    const auto cuts = std::ranges::find_if(schedule_.steps.rbegin(), schedule_.steps.rend(),
                                           [](const step& one) { return one.what != turn::cut; });
    cuts_from_ = static_cast<std::size_t>(schedule_.steps.rend() - cuts);
}

task<void> user_ramp::drive() {
    std::size_t position = 0;
    while (position < schedule_.steps.size() && !context_.ends) {
        if (context_.alive == 0 && position >= cuts_from_) break;
        const step& next = schedule_.steps[position];
        if (steady::now() < context_.begin + next.at) {
            co_await context_.changed.wait_until(context_.begin + next.at);
            continue;
        }
        users_[next.user - 1]->apply(next.what);
        ++position;
    }
    // stages without users at the end take their time as well
    co_await context_.wait_until(context_.begin + schedule_.length);
}

void user_ramp::cut_all() {
    for (const auto& user : users_) user->apply(turn::cut);
}

}  // namespace dibs::load
