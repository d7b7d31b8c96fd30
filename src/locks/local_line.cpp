#include "locks/local_line.hpp"

#include "core/spawn.hpp"
#include "core/timeout.hpp"
#include "locks/admission.hpp"
#include "locks/local_handoff.hpp"
#include "locks/renewal.hpp"
#include "locks/timing.hpp"

#include <dibs/error.hpp>

#include <boost/asio/cancellation_signal.hpp>

#include <algorithm>
#include <utility>

namespace dibs::locks {

struct local_line::turn {
    std::shared_ptr<hold> held;
    fencing_token next_token;
    std::int64_t tokens_left;
    deadline last_handoff;
    const turn_hold* holder = nullptr;

    bool may_go_on(deadline now) const {
        return tokens_left > 0 && now < last_handoff &&
               now < give_up_at(held->valid_until(), held->duration());
    }
};

class local_line::turn_hold final : public hold {
   public:
    turn_hold(std::shared_ptr<local_line> line, std::shared_ptr<turn> part_of, owner_id owner,
              fencing_token token, std::chrono::milliseconds lease, grant_story story)
        : line_(std::move(line)),
          turn_(std::move(part_of)),
          owner_(std::move(owner)),
          token_(token),
          lease_(lease),
          story_(story) {
        turn_->holder = this;
    }

    const lock_name& name() const override { return line_->name_; }
    const owner_id& owner() const override { return owner_; }
    std::optional<fencing_token> token() const override { return token_; }
    grant_story story() const override { return story_; }
    deadline valid_until() const override { return turn_->held->valid_until(); }
    std::chrono::milliseconds duration() const override { return lease_; }

    task<bool> renew(std::chrono::milliseconds lease, deadline until) override {
        if (turn_->holder != this) return over();
        return heed(turn_->held->renew(lease, until));
    }

    bool hand_on() override { return line_->hand_on(*turn_); }

    bool release_is_shielded() const override { return turn_->held->release_is_shielded(); }

    task<release_outcome> release() override {
        turn_->holder = nullptr;
        const at_end over(*this);
        co_return co_await turn_->held->release();
    }

   private:
    static task<bool> over() { co_return false; }

    task<bool> heed(task<bool> renewal) {
        const bool extended = co_await std::move(renewal);
        if (!extended) line_->end(*turn_);  // another's, or nobody's: not to be handed on, nor waited for
        co_return extended;
    }

    // The next of us asks again when the backend has given the lock to whoever waits elsewhere.
    struct at_end {
        explicit at_end(const turn_hold& of) : line(of.line_), over(of.turn_) {}
        at_end(const at_end&) = delete;
        at_end& operator=(const at_end&) = delete;
        ~at_end() { line->end(*over); }
        std::shared_ptr<local_line> line;
        std::shared_ptr<turn> over;
    };

    std::shared_ptr<local_line> line_;
    std::shared_ptr<turn> turn_;
    owner_id owner_;
    fencing_token token_;
    std::chrono::milliseconds lease_;
    grant_story story_;
};

/// One who waits; leaves the line however that ends, and a lease that it does not take goes to the next.
class local_line::place {
   public:
    place(local_line& line, const lock_request& request, deadline until)
        : wanted(request), ends(until), line_(line), turn_(line.executor_) {
        at_ = line_.waiting_.insert(line_.waiting_.end(), this);
    }
    place(const place&) = delete;
    place& operator=(const place&) = delete;
    ~place() { leave(); }

    wakeup& turn() { return turn_; }
    /// What came of the wait.
    std::optional<lease> take() {
        if (failure_) std::rethrow_exception(failure_);
        return std::move(granted_);
    }

    void grant(lease given) {
        granted_.emplace(std::move(given));
        leave();
        turn_.wake();
    }
    void fail(std::exception_ptr why) {
        failure_ = std::move(why);
        leave();
        turn_.wake();
    }

    const lock_request& wanted;
    const deadline ends;

   private:
    void leave() {
        if (!std::exchange(in_line_, false)) return;
        line_.waiting_.erase(at_);
        if (line_.waiting_.empty()) line_.changed_.wake();
    }

    local_line& line_;
    wakeup turn_;
    std::list<place*>::iterator at_;
    bool in_line_ = true;
    std::optional<lease> granted_;
    std::exception_ptr failure_;
};

/// While this lives one of us stands at the backend.
class local_line::at_backend {
   public:
    explicit at_backend(local_line& line) : line_(line) { line_.standing_ = true; }
    at_backend(const at_backend&) = delete;
    at_backend& operator=(const at_backend&) = delete;
    ~at_backend() {
        line_.standing_ = false;
        if (!line_.waiting_.empty()) line_.changed_.wake();
    }

   private:
    local_line& line_;
};

local_line::local_line(asio::any_io_executor executor, std::shared_ptr<locker> backend,
                       std::shared_ptr<owner_source> owners, lock_name name)
    : executor_(std::move(executor)),
      backend_(std::move(backend)),
      owners_(std::move(owners)),
      name_(std::move(name)),
      changed_(executor_) {}

task<std::optional<lease>> local_line::acquire(std::shared_ptr<local_line> line, lock_request request) {
    // Who waits for it has somebody who looks when the lease of the turn is over; a single try has not.
    if (line->turn_ && request.wait <= request.wait.zero() &&
        steady::now() >= line->turn_->held->valid_until())
        line->turn_.reset();
    const bool free = !line->turn_ && !line->standing_ && line->waiting_.empty();
    if (free) co_return co_await line->take(std::move(request));
    if (request.wait <= request.wait.zero()) co_return std::nullopt;
    line->admit();
    {
        place mine(*line, request, after(request.wait));
        line->attend();
        co_await mine.turn().wait_until(mine.ends);
        auto taken = mine.take();
        if (taken) co_return taken;
    }
    co_await line->backend_->ping(after(least_answer_time));
    co_return std::nullopt;
}

task<std::optional<lease>> local_line::take(lock_request request) {
    const at_backend here(*this);
    auto taken = co_await backend_->acquire(request);
    if (!taken) co_return std::nullopt;
    co_return begin_turn(std::move(*taken).take(), request);
}

void local_line::admit() const { admit_waiter(waiting_.size(), name_); }

lease local_line::begin_turn(std::shared_ptr<hold> taken, const lock_request& request) {
    const auto first = taken->token().value();
    const auto tokens = taken->tokens();
    auto owner = taken->owner();
    const auto story = taken->story();
    turn_ = std::make_shared<turn>(turn{std::move(taken), first, tokens, after(longest_local_turn)});
    return part_of_turn(std::move(owner), story, request.lease);
}

lease local_line::part_of_turn(owner_id owner, grant_story story, std::chrono::milliseconds time) {
    const auto token = turn_->next_token;
    turn_->next_token = fencing_token(token.value() + 1);
    --turn_->tokens_left;
    auto part = std::make_shared<turn_hold>(shared_from_this(), turn_, std::move(owner), token, time, story);
    return {executor_, std::move(part)};
}

bool local_line::hand_on(const turn& ending) {
    const auto now = steady::now();
    if (turn_.get() != &ending || waiting_.empty() || !ending.may_go_on(now)) return false;
    place& first = *waiting_.front();
    if (ending.held->valid_until() > now + first.wanted.lease) return false;  // others would wait so long
    const grant_story story{.handoff = handoff::local};
    first.grant(part_of_turn(owners_->next(), story, first.wanted.lease));
    return true;
}

void local_line::end(const turn& over) {
    if (turn_.get() != &over) return;
    turn_.reset();
    if (!waiting_.empty()) changed_.wake();
}

void local_line::fail_all(const std::exception_ptr& why) {
    while (!waiting_.empty()) waiting_.front()->fail(why);
}

void local_line::closed() {
    fail_all(std::make_exception_ptr(
        error(fault::closed, "dibs", name_.text(), "the connection was closed while it was waited for")));
}

void local_line::attend() {
    if (std::exchange(attended_, true)) return;
    spawn(executor_, stand_while_needed(shared_from_this()));
}

task<void> local_line::stand_while_needed(std::shared_ptr<local_line> line) {
    while (!line->waiting_.empty()) {
        if (!line->turn_ && !line->standing_) {
            co_await line->stand();
            continue;
        }
        // A holder whose lease ran out, and who has not noticed, keeps nobody waiting.
        const auto until = line->turn_ ? line->turn_->held->valid_until() : deadline::max();
        if (steady::now() >= until)
            line->turn_.reset();
        else
            co_await line->changed_.wait_until(until);
    }
    line->attended_ = false;
}

task<void> local_line::stand() {
    const at_backend here(*this);
    asio::cancellation_signal stop;
    std::optional<std::optional<lease>> taken;
    std::exception_ptr failed;
    bool ended = false;
    bool called_back = false;
    const auto request = request_of_line();
    spawn(executor_, keep(backend_->acquire(request), taken), stop.slot(), [&](std::exception_ptr thrown) {
        failed = std::move(thrown);
        ended = true;
        changed_.wake();
    });
    while (!ended) {
        co_await changed_.wait_until(deadline::max());
        if (ended || !waiting_.empty()) continue;
        called_back = true;
        stop.emit(asio::cancellation_type::terminal);
    }
    // Whoever came since it was called back is stood for anew.
    if (failed && !called_back) fail_all(failed);
    if (!taken || !*taken) co_return;
    lease& granted = **taken;
    // Others may be first by now. What is not granted to them goes with `taken`, and is released.
    bool fits = true;
    auto time = granted.held()->duration();
    while (fits && !waiting_.empty() && time != waiting_.front()->wanted.lease) {
        time = waiting_.front()->wanted.lease;
        fits = co_await fit(*granted.held(), time);
    }
    if (!fits || waiting_.empty()) co_return;
    auto first = begin_turn(std::move(granted).take(), waiting_.front()->wanted);
    waiting_.front()->grant(std::move(first));
}

task<bool> local_line::fit(hold& held, std::chrono::milliseconds lease) {
    try {
        co_return co_await held.renew(lease, held.valid_until());
    } catch (const error&) {  // the next of us asks anew
    }
    co_return false;
}

lock_request local_line::request_of_line() const {
    auto request = waiting_.front()->wanted;
    const auto last = std::max_element(waiting_.begin(), waiting_.end(),
                                       [](const place* a, const place* b) { return a->ends < b->ends; });
    request.wait = std::chrono::ceil<std::chrono::milliseconds>((*last)->ends - steady::now());
    request.wait = std::max(request.wait, request.wait.zero());
    return request;
}

}  // namespace dibs::locks
