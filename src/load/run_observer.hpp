#pragma once

#include "load/exchange.hpp"

#include <chrono>

namespace dibs::load {

struct request_record;

/// Who is told of a run as it happens, for series over time and live views. Called on the generator's
/// executor, once a request: must neither block nor throw. Functions that are not overridden do nothing.
class run_observer {
   public:
    run_observer() = default;
    run_observer(const run_observer&) = delete;
    run_observer& operator=(const run_observer&) = delete;
    virtual ~run_observer() = default;

    /// A request was answered, or failed, at this moment.
    virtual void requested(const request_record& /*done*/) {}
    /// And was a claim, with this outcome.
    virtual void claimed(outcome /*what*/, std::chrono::nanoseconds /*took*/) {}
    /// A claim was cut off: nobody knows what came of it.
    virtual void claim_in_doubt() {}
};

}  // namespace dibs::load
