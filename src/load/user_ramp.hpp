#pragma once

#include "load/driver.hpp"

#include <memory>
#include <vector>

namespace dibs::load {

/// The closed model: carries out the steps of a schedule of users.
class user_ramp final : public driver {
   public:
    /// Throws bad_scenario for stages without users or time.
    user_ramp(run_context& context, const ramping_users& asked);

    std::chrono::nanoseconds length() const override { return schedule_.length; }
    std::uint32_t users() const override { return schedule_.peak; }
    std::uint32_t most_users() const override { return schedule_.peak; }
    task<void> drive() override;
    void cut_all() override;

   private:
    run_context& context_;
    schedule schedule_;
    std::vector<std::unique_ptr<virtual_user>> users_;  // by number − 1
    std::size_t cuts_from_ = 0;  // the position in the schedule from which on only cuts follow
};

}  // namespace dibs::load
