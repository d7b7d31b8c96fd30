#include "load/virtual_user.hpp"

#include "core/spawn.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace dibs::load {
virtual_user::virtual_user(run_context& context, std::uint32_t number)
    : context_(context),
      number_(number),
      visitor_(context.executor, context.plan.service, context.plan.does, context.records),
      pauses_({context.plan.seed, number}, context.plan.does.pauses) {}

void virtual_user::apply(turn what) { act(turns_.apply(what)); }

void virtual_user::visit_at(steady::time_point intended) {
    intended_ = intended;
    apply(turn::start);
    apply(turn::stop);
}

void virtual_user::act(user_turns::action next) {
    switch (next) {
        case user_turns::action::none: return;
        case user_turns::action::launch: return launch();
        case user_turns::action::interrupt:
            interrupting_ = true;
            return cut_.emit(asio::cancellation_type::terminal);
    }
}

void virtual_user::launch() {
    ++context_.alive;
    spawn(context_.executor, iterate(), cut_.slot(),
          [this](const std::exception_ptr& failed) { ended(failed); });
}

/// A cut shows as the exception that a cancelled operation throws; any other is passed on.
void virtual_user::ended(const std::exception_ptr& failed) {
    const bool was_cut = std::exchange(interrupting_, false);
    if (was_cut && doing_ == doing::visit) {
        context_.records.interrupted();
        if (visitor_.claiming()) context_.records.claim_in_doubt();
    }
    doing_ = doing::nothing;
    --context_.alive;
    act(turns_.ended());
    context_.user_ended(*this, was_cut ? nullptr : failed);
}

task<void> virtual_user::iterate() {
    do {
        const steady::time_point begin = steady::now();
        late_ = intended_ ? begin - *intended_ : steady::duration::zero();
        if (intended_) context_.records.began(late_);
        doing_ = doing::visit;
        co_await visit_once();
        doing_ = doing::nothing;
        record_iteration(begin);
        // a service that refuses at once must not keep the others from running
        co_await asio::post(asio::use_awaitable);
    } while (turns_.goes_on());
}

void virtual_user::record_iteration(steady::time_point begin) {
    const steady::duration took = steady::now() - begin;
    context_.records.iteration(took);
    if (intended_) context_.records.iteration_from_intended(took + late_);
}

task<void> virtual_user::visit_once() {
    const visit& does = context_.plan.does;
    const fresh_user user = make_user(context_.run_id, number_, iteration_++, does.registration);
    const std::optional<std::string> token = co_await visitor_.sign_up(user);
    if (!token) co_return;
    co_await pause(pauses_.next());
    const claim_result claimed = co_await visitor_.claim(*token);
    if (intended_) context_.records.claim_from_intended(claimed.took + late_);
    if (claimed.what == outcome::issued) context_.records.acknowledged({claimed.claim_id, user.email});
    co_await pause(does.pauses.after_claim);
}

task<void> virtual_user::pause(steady::duration time) {
    asio::steady_timer timer(context_.executor, time);
    co_await timer.async_wait(asio::use_awaitable);
}

}  // namespace dibs::load
