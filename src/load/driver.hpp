#pragma once

#include "core/asio.hpp"
#include "load/virtual_user.hpp"

#include <chrono>
#include <cstdint>
#include <memory>

namespace dibs::load {

/// Has users and tells them when to iterate: one class for each kind of scenario::executor.
class driver {
   public:
    driver() = default;
    driver(const driver&) = delete;
    driver& operator=(const driver&) = delete;
    virtual ~driver() = default;

    /// Of the schedule, without grace.
    virtual std::chrono::nanoseconds length() const = 0;
    /// Users there are now, busy or not.
    virtual std::uint32_t users() const = 0;
    /// And the most there may be.
    virtual std::uint32_t most_users() const = 0;
    /// From `context.begin` on. Returns when schedule and grace are over, or the run ends before. Users may
    /// still be alive then.
    virtual task<void> drive() = 0;
    virtual void cut_all() = 0;
    /// One of its users is no longer alive.
    virtual void ended(virtual_user& /*user*/) {}
};

/// Throws bad_scenario for an executor that never does anything.
std::unique_ptr<driver> make_driver(run_context& context);

}  // namespace dibs::load
