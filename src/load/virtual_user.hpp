#pragma once

#include "load/pauses.hpp"
#include "load/user_turns.hpp"
#include "load/visitor.hpp"

#include <boost/asio/cancellation_signal.hpp>

#include <cstdint>
#include <exception>
#include <functional>
#include <string>

namespace dibs::load {

/// What all users of one run share.
struct run_context {
    asio::any_io_executor executor;
    const scenario& plan;
    std::string run_id;  ///< in every e-mail address, so that runs on one database do not meet
    recorder& records;
    std::size_t alive = 0;  ///< users whose coroutine runs
    /// Called when a user's coroutine has ended; with an exception where it met what no user should.
    std::function<void(std::exception_ptr)> user_ended;
};

/// A user that iterates as the schedule tells it, over a connection that it keeps.
class virtual_user {
   public:
    virtual_user(run_context& context, std::uint32_t number);
    virtual_user(const virtual_user&) = delete;
    virtual_user& operator=(const virtual_user&) = delete;

    void apply(turn what);
    bool alive() const { return turns_.alive(); }

   private:
    void act(user_turns::action next);
    void launch();
    void ended(const std::exception_ptr& failed);
    task<void> iterate();
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
    asio::cancellation_signal cut_;
};

}  // namespace dibs::load
