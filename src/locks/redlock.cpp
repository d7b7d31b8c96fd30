#include "locks/redlock.hpp"

#include "locks/backoff.hpp"
#include "locks/lease_end.hpp"
#include "locks/masters.hpp"
#include "locks/timing.hpp"
#include "locks/validity.hpp"

#include <dibs/error.hpp>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace dibs::locks {
namespace {

class redlock_hold final : public hold {
   public:
    redlock_hold(candidate holder, lock_request request, deadline until, int tries)
        : holder_(std::move(holder)), request_(std::move(request)), end_(until), tries_(tries) {}

    const lock_name& name() const override { return request_.name; }
    const owner_id& owner() const override { return holder_.owner(); }
    std::optional<fencing_token> token() const override { return std::nullopt; }
    grant_story story() const override { return {.tries = tries_}; }
    deadline valid_until() const override { return end_.get(); }
    std::chrono::milliseconds duration() const override { return request_.lease; }

    task<bool> renew(std::chrono::milliseconds lease, deadline until) override {
        return extend(end_.ask(lease, steady::now()), until);
    }

    task<release_outcome> release() override {
        released_ = true;
        const auto answer = co_await holder_.give_back(after(clean_up_time));
        if (answer.verdict == ballot::verdict::granted) co_return release_outcome::released;
        if (answer.verdict == ballot::verdict::failed && answer.failure)
            std::rethrow_exception(answer.failure);
        co_return release_outcome::expired;
    }

   private:
    task<bool> extend(lease_end::renewal what, deadline until) {
        if (released_ || steady::now() >= end_.get()) co_return false;
        const auto answer = co_await holder_.extend(what.lease, std::min(until, end_.get()));
        if (answer.verdict == ballot::verdict::failed && answer.failure)
            std::rethrow_exception(answer.failure);
        // The lease is lost, and the keys that were just made again would bar others until they end.
        if (answer.verdict == ballot::verdict::refused) holder_.leave();
        if (answer.verdict != ballot::verdict::granted || steady::now() >= end_.get()) co_return false;
        end_.granted(what);
        co_return true;
    }

    candidate holder_;
    lock_request request_;
    lease_end end_;
    int tries_;
    bool released_ = false;
};

// A slow server must not eat the validity of what the others granted.
constexpr std::chrono::milliseconds node_time(std::chrono::milliseconds lease) {
    return std::clamp(lease / 10, std::chrono::milliseconds(50), std::chrono::milliseconds(1000));
}

/// A candidate who leaves unless granted the lock, however the round ends.
class candidacy {
   public:
    explicit candidacy(candidate who) : who_(std::move(who)) {}
    candidacy(const candidacy&) = delete;
    candidacy& operator=(const candidacy&) = delete;
    ~candidacy() {
        if (!elected_) who_.leave();
    }
    void elected() { elected_ = true; }

   private:
    candidate who_;
    bool elected_ = false;
};

}  // namespace

redlock_locker::redlock_locker(asio::any_io_executor executor, redis_masters masters)
    : executor_(std::move(executor)),
      masters_(std::move(masters)),
      gates_(executor_, idle_name_time, gate_of_width(executor_, 1)),
      random_(static_cast<std::minstd_rand::result_type>(random_seed())) {}

task<std::optional<lease>> redlock_locker::acquire(lock_request request) {
    const auto start = steady::now();
    const auto until = start + request.wait;
    const auto place = co_await enter(gates_, request.name, until);
    if (!place) co_return std::nullopt;
    backoff pauses;
    asio::steady_timer pause(executor_);
    for (int tries = 1;; ++tries) {
        const auto sent = steady::now();
        const candidate who(executor_, masters_, request.name, owners_.next());
        {
            candidacy round(who);
            const auto answer = co_await who.take(request.lease, sent + node_time(request.lease));
            const auto valid = valid_until(sent, request.lease);
            if (answer.verdict == ballot::verdict::granted && steady::now() < valid) {
                round.elected();
                co_return lease(executor_, std::make_shared<redlock_hold>(who, request, valid, tries));
            }
            if (answer.verdict == ballot::verdict::failed) {
                if (answer.failure) std::rethrow_exception(answer.failure);
                throw error(fault::timeout, "redlock", request.name.text(),
                            "no majority of the servers answered");
            }
        }
        const auto now = steady::now();
        if (now >= until) co_return std::nullopt;
        const auto waited = std::chrono::duration_cast<backoff::microseconds>(now - start);
        pause.expires_at(std::min(now + pauses.next(random_, waited), until));
        co_await pause.async_wait(asio::use_awaitable);
    }
}

}  // namespace dibs::locks
