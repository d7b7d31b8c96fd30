#pragma once

#include "locks/grants.hpp"
#include "locks/lease.hpp"
#include "locks/lease_end.hpp"

#include <cstdint>
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
        std::int64_t tokens;
        std::chrono::milliseconds lease;
        deadline valid_until;
        grant_story story = {};
    };

    redis_hold(grants scripts, grant given);

    const lock_name& name() const override { return grant_.name; }
    const owner_id& owner() const override { return grant_.owner; }
    std::optional<fencing_token> token() const override { return grant_.token; }
    std::int64_t tokens() const override { return grant_.tokens; }
    grant_story story() const override { return grant_.story; }
    deadline valid_until() const override { return end_.get(); }
    std::chrono::milliseconds duration() const override { return grant_.lease; }
    task<bool> renew(std::chrono::milliseconds lease, deadline until) override;
    task<release_outcome> release() override;
    bool release_is_shielded() const override { return true; }
    /// How often somebody has asked for a renewal, whatever came of it.
    std::uint64_t renewals_asked() const { return end_.asked(); }

   private:
    task<bool> extend(lease_end::renewal what, deadline until);

    grants scripts_;
    grant grant_;
    lease_end end_;
    bool released_ = false;
};

}  // namespace dibs::locks
