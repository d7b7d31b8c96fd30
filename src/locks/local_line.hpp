#pragma once

#include "core/wakeup.hpp"
#include "locks/locker.hpp"
#include "locks/owner_source.hpp"

#include <dibs/lock.hpp>

#include <exception>
#include <list>
#include <memory>
#include <optional>

namespace dibs::locks {

/// The users of one lock in this process: one holds it or stands at the backend for it, the others wait for
/// their turn in order of arrival.
class local_line : public std::enable_shared_from_this<local_line> {
   public:
    local_line(asio::any_io_executor executor, std::shared_ptr<locker> backend,
               std::shared_ptr<owner_source> owners, lock_name name);

    /// As locker::acquire().
    static task<std::optional<lease>> acquire(std::shared_ptr<local_line> line, lock_request request);

    /// The backend can be asked no more: every wait ends with fault::closed.
    void closed();

   private:
    struct turn;      // this process's time with the lock
    class turn_hold;  // one holder's part of it
    class place;      // in the line
    class at_backend;

    task<std::optional<lease>> take(lock_request request);
    void admit() const;
    lease begin_turn(std::shared_ptr<hold> taken, const lock_request& request);
    lease part_of_turn(owner_id owner, grant_story story, std::chrono::milliseconds time);
    bool hand_on(const turn& ending);
    void end(const turn& over);
    void fail_all(const std::exception_ptr& why);

    void attend();
    static task<void> stand_while_needed(std::shared_ptr<local_line> line);
    task<void> stand();
    /// False: it is lost, or may be.
    static task<bool> fit(hold& held, std::chrono::milliseconds lease);
    lock_request request_of_line() const;

    asio::any_io_executor executor_;
    std::shared_ptr<locker> backend_;
    std::shared_ptr<owner_source> owners_;
    lock_name name_;
    std::shared_ptr<turn> turn_;
    std::list<place*> waiting_;
    bool standing_ = false;
    bool attended_ = false;
    wakeup changed_;
};

}  // namespace dibs::locks
