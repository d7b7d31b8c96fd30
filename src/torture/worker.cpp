#include "torture/worker.hpp"

#include "core/run.hpp"
#include "core/task_group.hpp"
#include "core/timeout.hpp"
#include "history/writer.hpp"
#include "torture/resource.hpp"

#include <dibs/error.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <random>
#include <utility>

namespace dibs::torture {
namespace {

using namespace std::chrono_literals;
using history::action;
using history::phase;

constexpr std::size_t slow_users = 2;
constexpr std::size_t longest_hold_us = 3000;
constexpr auto hold_slice = 20ms;  // after which a long hold looks whether it should end
constexpr std::size_t longest_wait_ms = 1000;
constexpr auto after_trouble = 10ms;  // who hears at once that a server is away does not ask it in a loop

/// What one coroutine records of one visit to a lock.
class diary {
   public:
    diary(history::writer& file, std::uint64_t process, std::string name)
        : file_(file), about_{.process = process, .name = std::move(name)} {}

    void begin(action what, std::uint64_t operation) {
        about_.action = what;
        about_.operation = operation;
        about_.phase = phase::invoke;
        file_.write(about_);
    }
    void granted(const lease& held) {
        about_.owner = held.owner().text();
        if (const auto token = held.token()) about_.token = static_cast<std::uint64_t>(token->value());
        end(phase::ok);
    }
    void end(phase how, std::string value = {}) {
        about_.phase = how;
        about_.value = std::move(value);
        file_.write(about_);
        about_.value.clear();
    }
    /// What an error says of the operation.
    void end(const error& failure) { end(failure.in_doubt() ? phase::info : phase::fail, failure.what()); }

   private:
    history::writer& file_;
    history::event about_;
};

class worker {
   public:
    worker(client locks, const orders& told)
        : locks_(std::move(locks)),
          told_(told),
          random_(told.seed),
          resource_(locks_.executor(), told.resource, told.coroutines),
          file_(told.history) {}

    /// Of the user with that number from 0.
    task<void> visit_until_stopped(std::size_t user) {
        asio::steady_timer pause(locks_.executor());
        while (!stopped_) {
            const bool well = co_await visit(user);
            if (well) continue;
            pause.expires_after(after_trouble);
            co_await pause.async_wait(asio::use_awaitable);
        }
    }
    void be_brief() { brief_ = true; }
    void stop() { stopped_ = true; }

   private:
    std::size_t any(std::size_t up_to) {
        return std::uniform_int_distribution(std::size_t{0}, up_to)(random_);
    }

    /// Slow users have the last names, one each, and leave the others to those who are brief.
    static bool is_slow(std::size_t user) { return user < slow_users; }

    lock_request any_request(std::size_t user) {
        const auto last = told_.names - 1;
        lock_request wanted(name_of(told_, is_slow(user) ? last - user : any(last - slow_users)));
        wanted.algorithm = told_.kind;
        wanted.lease = told_.lease;
        wanted.wait = std::chrono::milliseconds(any(longest_wait_ms));
        return wanted;
    }

    steady::duration any_hold(std::size_t user) {
        const bool slow = is_slow(user) && !brief_;
        const auto longest = slow ? static_cast<std::size_t>(told_.long_hold / 1us) : longest_hold_us;
        return std::chrono::microseconds(any(longest));
    }

    task<void> hold(std::size_t user) {
        asio::steady_timer pause(locks_.executor());
        const auto until = after(any_hold(user));
        do {
            pause.expires_at(std::min(until, after(hold_slice)));
            co_await pause.async_wait(asio::use_awaitable);
        } while (steady::now() < until && !brief_);
    }

    task<bool> visit(std::size_t user) {
        auto wanted = any_request(user);
        diary notes(file_, told_.seed, wanted.name.text());
        notes.begin(action::acquire, ++operation_);
        std::optional<lease> held;
        try {
            held = co_await locks_.acquire(std::move(wanted));
        } catch (const error& failure) {
            notes.end(failure);
            co_return false;
        }
        if (!held) {
            notes.end(phase::fail, "busy");
            co_return true;
        }
        notes.granted(*held);
        co_await hold(user);
        if (told_.kind == algorithm::database) co_return co_await write_within(*held, notes);
        const bool written = co_await write(*held, notes);
        const bool released = co_await release(*held, notes);
        co_return written&& released;
    }

    task<bool> write(lease& held, diary& notes) {
        notes.begin(action::write, ++operation_);
        try {
            std::optional<std::int64_t> number;
            if (told_.kind == algorithm::fencing)
                number =
                    co_await resource_.write_fenced(held.name().text(), *held.token(), held.owner().text());
            else
                number = co_await resource_.write(held.name().text());
            if (number)
                notes.end(phase::ok, std::to_string(*number));
            else
                notes.end(phase::fail, "refused");
        } catch (const error& failure) {
            notes.end(failure);
            co_return false;
        }
        co_return true;
    }

    task<bool> release(lease& held, diary& notes) {
        notes.begin(action::release, ++operation_);
        try {
            const auto outcome = co_await held.release();
            notes.end(outcome == release_outcome::released ? phase::ok : phase::fail);
        } catch (const error& failure) {
            notes.end(failure);
            co_return false;
        }
        co_return true;
    }

    /// The write is accepted by the release, which is its COMMIT.
    task<bool> write_within(lease& held, diary& notes) {
        diary end_notes = notes;
        notes.begin(action::write, ++operation_);
        std::optional<std::int64_t> number;
        try {
            number = co_await resource::write_within(held);
        } catch (const error& failure) {
            notes.end(phase::fail, failure.what());  // without a COMMIT nothing was written
            co_return false;
        }
        end_notes.begin(action::release, ++operation_);
        try {
            co_await held.release();
            notes.end(phase::ok, std::to_string(*number));
            end_notes.end(phase::ok);
        } catch (const error& failure) {
            notes.end(failure);
            end_notes.end(failure);
            co_return false;
        }
        co_return true;
    }

    client locks_;
    const orders& told_;
    std::mt19937_64 random_;
    resource resource_;
    history::writer file_;
    std::uint64_t operation_ = 0;
    bool brief_ = false;
    bool stopped_ = false;
};

task<void> work_until_told(const orders& told) {
    const auto executor = co_await asio::this_coro::executor;
    asio::signal_set signals(executor, SIGTERM, SIGUSR1);
    auto locks = co_await client::connect(executor, told.servers);
    {
        worker one(locks, told);
        task_group visits(executor);
        for (std::size_t i = 0; i < told.coroutines; ++i) visits.spawn(one.visit_until_stopped(i));
        fmt::print("ready\n");
        std::fflush(stdout);
        for (;;) {
            const int signal = co_await signals.async_wait(asio::use_awaitable);
            one.be_brief();
            if (signal == SIGTERM) break;
        }
        one.stop();
        co_await visits.join();
    }
    co_await locks.close();
}

}  // namespace

void work(const orders& told) {
    asio::io_context io{1};
    run_to_end(io, work_until_told(told));
}

}  // namespace dibs::torture
