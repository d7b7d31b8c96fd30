#pragma once

#include "core/asio.hpp"
#include "load/scenario.hpp"
#include "load/visitor.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace dibs::load {

/// Many users who all claim at the same moment: a sell-out.
struct burst_options {
    service_address service;
    visit does;  ///< its pauses are not kept
    std::uint32_t users = 300;
};

struct burst_claim {
    std::string email;
    claim_result result;
};

struct burst_result {
    std::vector<burst_claim> claims;  ///< one a user

    std::uint64_t count(outcome what) const;
};

/// Signs all users up, each over a connection of its own, and then lets them claim together. Throws
/// dibs::error (refused) when a user could not sign up: a burst with fewer users would prove less.
task<burst_result> burst(burst_options options);

}  // namespace dibs::load
