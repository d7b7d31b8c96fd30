#pragma once

#include "core/asio.hpp"

#include <exception>
#include <utility>

namespace dibs::postgres {

/// Decides who may try to connect: anybody while the server answers; after a failure one at a time, and not
/// before a pause is over, so that a server in trouble is not stormed. No I/O.
class connect_guard {
   public:
    explicit connect_guard(steady::duration pause) : pause_(pause) {}

    /// True: try, and tell what became of it by one of the three below.
    bool admit(steady::time_point now) {
        if (!failure_) return true;
        if (probing_ || now < try_after_) return false;
        return probing_ = true;
    }
    void succeeded() {
        failure_ = nullptr;
        probing_ = false;
    }
    void failed(std::exception_ptr why, steady::time_point now) {
        failure_ = std::move(why);
        try_after_ = now + pause_;
        probing_ = false;
    }
    /// The attempt ended for a reason that says nothing of the server.
    void gave_up() { probing_ = false; }

    /// What those are told who may not try.
    const std::exception_ptr& last_failure() const { return failure_; }

   private:
    steady::duration pause_;
    std::exception_ptr failure_;
    steady::time_point try_after_{};
    bool probing_ = false;
};

}  // namespace dibs::postgres
