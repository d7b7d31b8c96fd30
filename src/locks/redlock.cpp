#include "locks/redlock.hpp"

#include "core/spawn.hpp"
#include "locks/backoff.hpp"
#include "locks/masters.hpp"
#include "locks/timing.hpp"
#include "locks/validity.hpp"

#include <dibs/error.hpp>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <atomic>
#include <utility>

namespace dibs::locks {
namespace {

task<void> give_back(asio::any_io_executor executor, redis_masters masters, lock_name name, owner_id owner) {
    co_await release_majority(std::move(executor), std::move(masters), std::move(name), std::move(owner),
                              after(clean_up_time));
}

class redlock_hold final : public hold {
   public:
    redlock_hold(asio::any_io_executor executor, redis_masters masters, lock_request request, owner_id owner,
                 deadline until, int tries)
        : executor_(std::move(executor)),
          masters_(std::move(masters)),
          request_(std::move(request)),
          owner_(std::move(owner)),
          valid_until_(until),
          tries_(tries) {}

    const lock_name& name() const override { return request_.name; }
    const owner_id& owner() const override { return owner_; }
    std::optional<fencing_token> token() const override { return std::nullopt; }
    grant_story story() const override { return {.tries = tries_}; }
    deadline valid_until() const override { return valid_until_; }
    std::chrono::milliseconds duration() const override { return request_.lease; }

    task<bool> renew(std::chrono::milliseconds lease, deadline until) override {
        const auto sent = steady::now();
        if (released_ || sent >= valid_until_.load()) co_return false;
        // A shorter lease that is never answered may have begun all the same.
        valid_until_ = std::min(valid_until_.load(), locks::valid_until(sent, lease));
        auto wanted = request_;
        wanted.lease = lease;
        const auto answer = co_await extend_majority(executor_, masters_, std::move(wanted), owner_, until);
        if (answer.verdict == ballot::verdict::failed && answer.failure)
            std::rethrow_exception(answer.failure);
        // The lease is lost, and the keys that were just made again would bar others until they end.
        if (answer.verdict == ballot::verdict::refused)
            spawn(executor_, give_back(executor_, masters_, request_.name, owner_));
        if (answer.verdict != ballot::verdict::granted || steady::now() >= valid_until_.load())
            co_return false;
        valid_until_ = locks::valid_until(sent, lease);
        co_return true;
    }

    task<release_outcome> release() override {
        released_ = true;
        const auto answer =
            co_await release_majority(executor_, masters_, request_.name, owner_, after(clean_up_time));
        if (answer.verdict == ballot::verdict::granted) co_return release_outcome::released;
        if (answer.verdict == ballot::verdict::failed && answer.failure)
            std::rethrow_exception(answer.failure);
        co_return release_outcome::expired;
    }

   private:
    asio::any_io_executor executor_;
    redis_masters masters_;
    lock_request request_;
    owner_id owner_;
    std::atomic<deadline> valid_until_;
    int tries_;
    bool released_ = false;
};

// A slow server must not eat the validity of what the others granted.
constexpr std::chrono::milliseconds node_time(std::chrono::milliseconds lease) {
    return std::clamp(lease / 10, std::chrono::milliseconds(50), std::chrono::milliseconds(1000));
}

/// An owner that is given back everywhere unless it was granted the lock, however the round ended.
class candidacy {
   public:
    candidacy(asio::any_io_executor executor, redis_masters masters, lock_name name, owner_id owner)
        : executor_(std::move(executor)),
          masters_(std::move(masters)),
          name_(std::move(name)),
          owner_(std::move(owner)) {}
    candidacy(const candidacy&) = delete;
    candidacy& operator=(const candidacy&) = delete;
    ~candidacy() {
        if (!elected_) spawn(executor_, give_back(executor_, masters_, name_, owner_));
    }
    void elected() { elected_ = true; }

   private:
    asio::any_io_executor executor_;
    redis_masters masters_;
    lock_name name_;
    owner_id owner_;
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
    const auto door = gates_.of(request.name);
    const auto pass = co_await door->enter(until);
    if (!pass) co_return std::nullopt;
    backoff pauses;
    asio::steady_timer pause(executor_);
    for (int tries = 1;; ++tries) {
        const auto sent = steady::now();
        const auto owner = owners_.next();
        {
            candidacy round(executor_, masters_, request.name, owner);
            const auto answer =
                co_await take_majority(executor_, masters_, request, owner, sent + node_time(request.lease));
            const auto valid = valid_until(sent, request.lease);
            if (answer.verdict == ballot::verdict::granted && steady::now() < valid) {
                round.elected();
                auto held = std::make_shared<redlock_hold>(executor_, masters_, request, owner, valid, tries);
                co_return lease(executor_, std::move(held));
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
