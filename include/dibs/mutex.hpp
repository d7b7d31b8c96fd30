#pragma once

#include <dibs/client.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>

namespace dibs {

/// A distributed lock for code with threads and without coroutines: Lockable and TimedLockable, so that
/// std::unique_lock, std::lock and std::scoped_lock over several work. Its lease is renewed until unlock().
///
/// Unlike std::mutex it may be unlocked by another thread than locked it, and it can be lost: look at lost()
/// during long work. Used by one thread at a time, and never on the client's executor, whose work it waits
/// for.
class mutex {
   public:
    /// `request.wait` does not count: lock() waits until it has the lock.
    mutex(client locks, lock_request request);
    mutex(client locks, std::string name);
    mutex(const mutex&) = delete;
    mutex& operator=(const mutex&) = delete;
    ~mutex();

    /// Throws dibs::error as client::acquire(); std::logic_error when this mutex is held already.
    void lock();
    /// False: the stop was requested first.
    bool lock(const std::stop_token& stop);
    bool try_lock();

    /// A day at most.
    template <class Rep, class Period>
    bool try_lock_for(const std::chrono::duration<Rep, Period>& time) {
        if (time >= longest_wait) return take(longest_wait, std::stop_token());
        if (time <= time.zero()) return take(std::chrono::milliseconds(0), std::stop_token());
        return take(std::chrono::ceil<std::chrono::milliseconds>(time), std::stop_token());
    }

    template <class Clock, class Duration>
    bool try_lock_until(const std::chrono::time_point<Clock, Duration>& until) {
        // Far deadlines are beyond what the clock's own ticks can subtract.
        using seconds = std::chrono::duration<double>;
        return try_lock_for(seconds(until.time_since_epoch()) - seconds(Clock::now().time_since_epoch()));
    }

    /// Does not throw: a release that fails ends with the lease. Without effect when it is not held.
    void unlock() noexcept;

    /// Of the present hold; empty while it is not held, and for redlock.
    std::optional<fencing_token> token() const;
    /// Of the present hold; empty while it is not held.
    std::optional<owner_id> owner() const;
    /// Of the present hold, as lease::lost(); may be asked from any thread.
    std::stop_token lost() const;
    /// What came of the last unlock(); empty before the first, and where the backend failed.
    std::optional<release_outcome> last_release() const;

   private:
    static constexpr std::chrono::hours longest_wait{24};

    bool take(std::chrono::milliseconds time, const std::stop_token& stop);

    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace dibs
