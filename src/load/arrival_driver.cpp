#include "load/arrival_driver.hpp"

#include "load/stage.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace dibs::load {

arrival_driver::arrival_driver(run_context& context, const arrival_rate& asked)
    : context_(context), schedule_(asked), most_users_(asked.most_users) {
    if (!schedule_.start(0)) throw bad_scenario("at this rate no iteration begins in the time given");
    if (most_users_ == 0) throw bad_scenario("an arrival rate needs users");
}

task<void> arrival_driver::drive() {
    // Begun late rather than never; but users that wait for their answers have their turn in between.
    constexpr std::uint64_t at_once = 64;
    for (std::uint64_t number = 0; !context_.ends; ++number) {
        const std::optional<std::chrono::nanoseconds> due = schedule_.start(number);
        if (!due) break;
        co_await context_.wait_until(context_.begin + *due);
        if (context_.ends) break;
        begin_one(context_.begin + *due);
        if (number % at_once == 0) co_await asio::post(asio::use_awaitable);
    }
    co_await context_.wait_until(context_.begin + schedule_.length());
    const steady::time_point last = context_.begin + schedule_.length() + context_.plan.allowed.stop;
    while (context_.alive > 0 && !context_.ends && steady::now() < last)
        co_await context_.changed.wait_until(last);
}

void arrival_driver::begin_one(steady::time_point intended) {
    if (free_.empty() && users_.size() < most_users_) {
        const auto number = static_cast<std::uint32_t>(users_.size() + 1);
        users_.push_back(std::make_unique<virtual_user>(context_, number));
        free_.push_back(users_.back().get());
    }
    if (free_.empty()) return context_.records.dropped();
    virtual_user& next = *free_.back();
    free_.pop_back();
    next.visit_at(intended);
}

void arrival_driver::cut_all() {
    for (const auto& user : users_) user->apply(turn::cut);
}

}  // namespace dibs::load
