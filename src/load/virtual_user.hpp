#pragma once

#include "core/wakeup.hpp"
#include "load/pauses.hpp"
#include "load/user_turns.hpp"
#include "load/visitor.hpp"

#include <boost/asio/cancellation_signal.hpp>

#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <string>

namespace dibs::load {

class virtual_user;

/// What all users of one run and their driver share.
struct run_context {
    asio::any_io_executor executor;
    const scenario& plan;
    std::string run_id;  ///< in every e-mail address, so that runs on one database do not meet
    recorder& records;
    /// Called when a user's coroutine has ended; with an exception where it met what no user should.
    std::function<void(virtual_user&, std::exception_ptr)> user_ended;
    wakeup changed;              ///< no user is left, or the run ends; for the driver
    steady::time_point begin{};  ///< of the run
    std::size_t alive = 0;       ///< users whose coroutine runs
    bool ends = false;           ///< ahead of its schedule

    void end() {
        ends = true;
        changed.wake();
    }
    /// Or until the run ends.
    task<void> wait_until(steady::time_point when) {
        while (!ends && steady::now() < when) co_await changed.wait_until(when);
    }
};

/// A user that iterates as it is told, over a connection that it keeps.
class virtual_user {
   public:
    virtual_user(run_context& context, std::uint32_t number);
    virtual_user(const virtual_user&) = delete;
    virtual_user& operator=(const virtual_user&) = delete;

    void apply(turn what);
    /// One iteration, which is to begin then. Not to be called while the user is alive.
    void visit_at(steady::time_point intended);
    bool alive() const { return turns_.alive(); }

   private:
    void act(user_turns::action next);
    void launch();
    void ended(const std::exception_ptr& failed);
    task<void> iterate();
    void record_iteration(steady::time_point begin);
    task<void> visit_once();
    task<void> pause(steady::duration time);

    run_context& context_;
    std::uint32_t number_;
    user_turns turns_;
    visitor visitor_;
    pause_source pauses_;
    std::uint64_t iteration_ = 0;
    enum class doing { nothing, visit } doing_ = doing::nothing;
    bool interrupting_ = false;
    std::optional<steady::time_point> intended_;  // of an iteration in the open model
    steady::duration late_{0};                    // by so much it began behind that
    asio::cancellation_signal cut_;
};

}  // namespace dibs::load
