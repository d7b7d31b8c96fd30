#pragma once

#include "torture/crew.hpp"
#include "torture/scene.hpp"
#include "torture/trouble.hpp"

#include <memory>
#include <random>
#include <vector>

namespace dibs::torture {

/// Makes one kind of trouble and ends it again, any number of times.
class troublemaker {
   public:
    virtual ~troublemaker() = default;
    virtual void make() = 0;
    virtual void heal() = 0;
    /// How long it should last before it is healed, for leases of that length.
    virtual std::chrono::milliseconds length(std::chrono::milliseconds lease) const { return 2 * lease; }
};

/// What a troublemaker works on; all outlive it.
struct victims {
    scene& servers;
    std::vector<crew>& crews;
    std::mt19937_64& random;
    std::chrono::milliseconds lease;
};

std::unique_ptr<troublemaker> make_troublemaker(trouble what, const victims& who);

}  // namespace dibs::torture
