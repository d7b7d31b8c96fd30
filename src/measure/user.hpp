#pragma once

#include "core/asio.hpp"

#include <dibs/client.hpp>

#include <cstddef>
#include <functional>
#include <memory>

namespace dibs::measure {

/// One who takes a lock and gives it back, again and again. What is measured is behind this, so that tests
/// can put something slow there.
class user {
   public:
    virtual ~user() = default;
    /// False: others held it until `wait` had passed.
    virtual task<bool> acquire(std::chrono::milliseconds wait) = 0;
    virtual task<void> release() = 0;
};

/// Makes a user of the lock that a request names.
using user_maker = std::function<std::unique_ptr<user>(lock_request)>;

/// Users as the library serves them.
user_maker users_of(client locks);

/// One lock taken and given back. Throws std::runtime_error where it was not free.
task<void> cycle(user& who);

/// As many of them, one after the other.
task<void> repeat_cycle(user& who, std::size_t count);

}  // namespace dibs::measure
