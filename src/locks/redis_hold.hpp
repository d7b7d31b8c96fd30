#pragma once

#include "locks/grants.hpp"
#include "locks/lease.hpp"

#include <functional>
#include <string>
#include <utility>

namespace dibs::locks {

/// A grant on one Redis server.
class redis_hold : public hold {
   public:
    struct grant {
        lock_name name;
        owner_id owner;
        fencing_token token;
        std::chrono::milliseconds lease;
        deadline valid_until;
    };

    redis_hold(grants scripts, grant given);

    const lock_name& name() const override { return grant_.name; }
    const owner_id& owner() const override { return grant_.owner; }
    std::optional<fencing_token> token() const override { return grant_.token; }
    deadline valid_until() const override { return grant_.valid_until; }
    task<release_outcome> release() override;

    /// Brings the full lease again, counted from now. A lease that is over is never revived: false.
    task<bool> renew();

   private:
    grants scripts_;
    grant grant_;
    bool released_ = false;
};

}  // namespace dibs::locks
