#pragma once

#include "core/asio.hpp"
#include "sandbox/servers.hpp"
#include "soak/blows.hpp"
#include "soak/services.hpp"

#include <functional>
#include <vector>

namespace dibs::soak {

/// Carries out blows, of which several may last at a time. Blocks. Throws std::runtime_error when a victim
/// does not come back.
class striker {
   public:
    /// Both must outlive it.
    striker(sandbox::servers& box, services& serving) : box_(box), serving_(serving) {}

    /// A victim that still lies there comes back first.
    void strike(const blow& what);
    /// Brings those back whose blows have lasted long enough by now.
    void heal_due();
    void heal_all();

   private:
    struct open_blow {
        blow what;
        deadline ends;
    };

    void heal_if(const std::function<bool(const open_blow&)>& which);
    void heal(const blow& one);

    sandbox::servers& box_;
    services& serving_;
    std::vector<open_blow> open_;
};

}  // namespace dibs::soak
