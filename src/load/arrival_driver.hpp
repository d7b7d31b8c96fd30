#pragma once

#include "load/driver.hpp"

#include <memory>
#include <vector>

namespace dibs::load {

/// The open model: an iteration begins at its time, by whichever user is free. Users are made as they are
/// needed; where there may be no more the iteration is dropped.
class arrival_driver final : public driver {
   public:
    /// Throws bad_scenario for a rate that begins nothing, or without users.
    arrival_driver(run_context& context, const arrival_rate& asked);

    std::chrono::nanoseconds length() const override { return schedule_.length(); }
    std::uint32_t users() const override { return static_cast<std::uint32_t>(users_.size()); }
    std::uint32_t most_users() const override { return most_users_; }
    task<void> drive() override;
    void cut_all() override;
    void ended(virtual_user& user) override { free_.push_back(&user); }

   private:
    void begin_one(steady::time_point intended);

    run_context& context_;
    arrival_schedule schedule_;
    std::uint32_t most_users_;
    std::vector<std::unique_ptr<virtual_user>> users_;
    std::vector<virtual_user*> free_;  // the one that ended last is the next: its connection is the youngest
};

}  // namespace dibs::load
