#pragma once

#include "core/asio.hpp"
#include "locks/lease.hpp"

#include <boost/intrusive/set.hpp>

#include <exception>
#include <memory>

namespace dibs::locks {

/// Renews leases at a third of their time, and tells their holders of a loss before the lease can end. One
/// timer for all leases of a process; renewals that are due together go out together. One executor, not
/// thread-safe.
class keeper {
   public:
    class watcher;

   private:
    struct state;

    /// What the keeper knows of a lease: a part of its watcher, so that a lease costs no more for it.
    struct charge : boost::intrusive::set_base_hook<> {
        watcher* told = nullptr;  // whose part this is
        std::shared_ptr<hold> held;
        renewal how = renewal::automatic;
        std::exception_ptr failure;  // of the last try, until one succeeds
        deadline due;                // of the renewal that is under way, or is tried again
        deadline next;               // the agenda's order
        steady::duration margin;     // it is given up by so much before its end
        bool over = false;

        /// Of a lease that is new here, or was extended.
        deadline next_due();
        deadline last_moment() const;
    };

   public:
    /// Who is told of a lease, on the executor.
    class watcher : public std::enable_shared_from_this<watcher> {
       public:
        watcher() = default;
        watcher(const watcher&) = delete;
        watcher& operator=(const watcher&) = delete;
        virtual ~watcher() = default;
        /// Once: renewals failed until the lease was nearly over (with the last failure), the lock is
        /// another's, or an unrenewed lease comes to its end (null).
        virtual void lost(const std::exception_ptr& failure) = 0;
        /// A renewal was answered so long after it was due.
        virtual void renewed(steady::duration /*lag*/) {}

       private:
        friend class keeper;
        charge charge_;
    };

    explicit keeper(const asio::any_io_executor& executor);
    keeper(const keeper&) = delete;
    keeper& operator=(const keeper&) = delete;
    /// Leases still in its care are renewed no more, and their holders told nothing.
    ~keeper();

    /// The care for one lease, which ends when this goes.
    class care {
       public:
        care() = default;
        care(care&&) noexcept = default;
        care& operator=(care&& other) noexcept;
        ~care();
        /// To be called where the lease's end was moved by hand: later, or earlier.
        void moved();
        /// To be called where the lease is seen to be over: its holder is told before this returns.
        void over();

       private:
        friend class keeper;
        care(std::weak_ptr<state> of, std::shared_ptr<watcher> taken);
        std::weak_ptr<state> state_;
        std::shared_ptr<watcher> watcher_;
    };

    /// A watcher is kept for one lease only.
    care keep(std::shared_ptr<hold> held, renewal how, std::shared_ptr<watcher> told);

   private:
    std::shared_ptr<state> state_;
};

}  // namespace dibs::locks
