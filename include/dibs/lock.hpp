#pragma once

#include <array>
#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace dibs {

/// How a lock is taken and waited for; docs/choosing-a-lock.md compares them.
enum class algorithm { database, spinlock, pubsub, queue, fencing, redlock };

/// Every algorithm, in the order in which the published experiment lists them.
inline constexpr std::array all_algorithms{algorithm::database, algorithm::spinlock, algorithm::pubsub,
                                           algorithm::queue,    algorithm::fencing,  algorithm::redlock};

std::string_view to_string(algorithm kind);
/// Empty for a word that names no algorithm.
std::optional<algorithm> algorithm_from(std::string_view word);

/// What is locked: 1 to 128 characters of `A-Z a-z 0-9 : _ . -`.
class lock_name {
   public:
    /// Throws dibs::error (bad_input) for anything else.
    explicit lock_name(std::string text);
    const std::string& text() const { return text_; }
    auto operator<=>(const lock_name&) const = default;

   private:
    std::string text_;
};

/// Who holds a lock or waits for it: one per acquisition, `PROCESS.SEQUENCE`, PROCESS being 128 random bits.
class owner_id {
   public:
    explicit owner_id(std::string text) : text_(std::move(text)) {}
    const std::string& text() const { return text_; }
    auto operator<=>(const owner_id&) const = default;

   private:
    std::string text_;
};

/// A number that grows with every grant of a name; a resource that remembers the largest it saw can refuse
/// the writes of a holder whose lease is over (Kleppmann, "How to do distributed locking", 2016).
class fencing_token {
   public:
    explicit constexpr fencing_token(std::int64_t value) : value_(value) {}
    constexpr std::int64_t value() const { return value_; }
    auto operator<=>(const fencing_token&) const = default;

   private:
    std::int64_t value_;
};

/// What came of a release. Of a database lock always `released`: else the release throws.
enum class release_outcome {
    released,  ///< the lock was held and is free now, or the next waiter's
    expired,   ///< the lease had ended and nobody holds the lock; of redlock, another may
    not_owner  ///< the lease had ended and another holds the lock; redlock does not tell
};

/// Who keeps a lease from ending while its holder works.
enum class renewal {
    automatic,  ///< dibs, at a third of the lease, until it is released or lost
    by_hand     ///< the holder, by renew(), or nobody
};

/// Whether a release may pass the lock to the next waiter of the same process without asking the server (lock
/// cohorting: D. Dice, V. Marathe, N. Shavit, PPoPP 2012), at most 1000 times or for 20 ms in a row. Faster
/// by far, and unfair to other processes. For leases that are renewed automatically.
enum class local_handoff {
    by_algorithm,  ///< on for spinlock and pubsub, off for the others
    on,            ///< also for queue and fencing, whose waiters are then in order within a process only
    off
};

struct lock_request {
    explicit lock_request(std::string name_to_lock) : name(std::move(name_to_lock)) {}

    lock_name name;
    /// How long the lock stays held when its holder says nothing more: 10 ms to 24 hours.
    std::chrono::milliseconds lease = std::chrono::seconds(10);
    /// How long to wait while others hold it, 24 days at most; zero: a single try.
    std::chrono::milliseconds wait = std::chrono::seconds(10);
    dibs::algorithm algorithm = dibs::algorithm::queue;
    dibs::renewal renewal = dibs::renewal::automatic;
    dibs::local_handoff local_handoff = dibs::local_handoff::by_algorithm;
};

}  // namespace dibs
