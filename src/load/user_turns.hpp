#pragma once

#include "load/schedule.hpp"

namespace dibs::load {

/// Whether one virtual user iterates, as the schedule's steps and the ends of its coroutine decide it. Pure.
class user_turns {
   public:
    enum class action {
        none,
        launch,    ///< start the coroutine that iterates
        interrupt  ///< cancel it: its iteration counts as interrupted
    };

    action apply(turn what) {
        wanted_ = what == turn::start;
        if (what == turn::cut) return alive_ ? action::interrupt : action::none;
        return wanted_ ? launch_unless_alive() : action::none;
    }

    /// The coroutine has ended. It is launched again when a start came while it was ending.
    action ended() {
        alive_ = false;
        return wanted_ ? launch_unless_alive() : action::none;
    }

    /// Asked between iterations: does another follow?
    bool goes_on() const { return wanted_; }
    bool alive() const { return alive_; }

   private:
    action launch_unless_alive() {
        if (alive_) return action::none;
        alive_ = true;
        return action::launch;
    }

    bool wanted_ = false;
    bool alive_ = false;
};

}  // namespace dibs::load
