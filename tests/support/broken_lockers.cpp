#include "tests/support/broken_lockers.hpp"

#include "locks/grants.hpp"
#include "locks/owner_source.hpp"
#include "redis/connection.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <stdexcept>
#include <string>
#include <utility>

namespace dibs::tests {
namespace {

using locks::hold;
using locks::lease;

constexpr std::chrono::milliseconds pause{1};
constexpr std::chrono::seconds patience{20};

struct bugs {
    bool take_held = false;    // SET without NX
    bool release_any = false;  // DEL without a look at the owner
    bool token_before_lock = false;
    bool no_lock = false;
};

class broken_hold final : public hold {
   public:
    broken_hold(redis::connection& connection, bugs with, lock_name name, owner_id owner, std::int64_t token)
        : connection_(connection),
          bugs_(with),
          name_(std::move(name)),
          owner_(std::move(owner)),
          token_(token) {}

    const lock_name& name() const override { return name_; }
    const owner_id& owner() const override { return owner_; }
    std::optional<fencing_token> token() const override { return token_; }
    deadline valid_until() const override { return deadline::max(); }
    std::chrono::milliseconds duration() const override { return std::chrono::milliseconds::max(); }
    task<bool> renew(std::chrono::milliseconds, deadline) override { co_return true; }

    task<release_outcome> release() override {
        if (bugs_.no_lock) co_return release_outcome::released;
        const auto key = locks::lock_keys::with_queue(name_).keys.front();
        auto look = redis::command("GET").arg(key);
        const auto holder = co_await connection_.execute(std::move(look), after(patience));
        if (!bugs_.release_any && (holder.is_nil() || holder.text() != owner_.text()))
            co_return release_outcome::not_owner;
        auto drop = redis::command("DEL").arg(key);
        co_await connection_.execute(std::move(drop), after(patience));
        co_return release_outcome::released;
    }

   private:
    redis::connection& connection_;
    bugs bugs_;
    lock_name name_;
    owner_id owner_;
    fencing_token token_;
};

class broken_locker final : public locks::locker {
   public:
    broken_locker(const locks::backends& servers, bugs with)
        : executor_(servers.executor), connection_(*servers.redis), bugs_(with) {}

    algorithm kind() const override { return algorithm::spinlock; }

    task<std::optional<lease>> acquire(lock_request request) override {
        const auto until = after(request.wait);
        const auto owner = owners_.next();
        std::int64_t token = 0;
        if (bugs_.token_before_lock) token = co_await next_token(request.name);
        asio::steady_timer timer(executor_);
        for (bool taken = bugs_.no_lock; !taken;) {
            taken = co_await take(request, owner);
            if (taken) break;
            if (steady::now() >= until) co_return std::nullopt;
            timer.expires_after(pause);
            co_await timer.async_wait(asio::use_awaitable);
        }
        if (!bugs_.token_before_lock) token = co_await next_token(request.name);
        auto held = std::make_shared<broken_hold>(connection_, bugs_, request.name, owner, token);
        co_return lease(executor_, std::move(held));
    }

   private:
    task<bool> take(const lock_request& request, const owner_id& owner) {
        auto set = redis::command("SET").arg(locks::lock_keys::with_queue(request.name).keys.front());
        set.arg(owner.text()).arg("PX").arg(request.lease.count());
        if (!bugs_.take_held) set.arg("NX");
        const auto answer = co_await connection_.execute(std::move(set), after(patience));
        co_return !answer.is_nil();
    }

    task<std::int64_t> next_token(const lock_name& name) {
        auto draw = redis::command("INCR").arg(locks::lock_keys::with_queue(name).keys.at(3));
        const auto answer = co_await connection_.execute(std::move(draw), after(patience));
        co_return answer.integer();
    }

    asio::any_io_executor executor_;
    redis::connection& connection_;
    bugs bugs_;
    locks::owner_source owners_;
};

bugs bugs_named(std::string_view bug) {
    bugs with;
    if (bug == "no-nx")
        with.take_held = true;
    else if (bug == "no-owner-check")
        with.release_any = true;
    else if (bug == "early-token")
        with.token_before_lock = true;
    else if (bug == "blind")
        with.no_lock = true;
    else
        throw std::invalid_argument("no lock has the bug " + std::string(bug));
    return with;
}

}  // namespace

std::unique_ptr<locks::locker> make_broken_locker(std::string_view bug, const locks::backends& servers) {
    return std::make_unique<broken_locker>(servers, bugs_named(bug));
}

}  // namespace dibs::tests
