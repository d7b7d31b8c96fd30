#pragma once

#include "sandbox/process.hpp"

#include <vector>

namespace dibs::sandbox {

/// The children of a process that is about to be killed or to be stopped with them. It is stopped meanwhile,
/// so that it makes no more.
class orphans {
   public:
    explicit orphans(process& parent);

    void signal(int number);
    /// Returns when all have ended; those who are still there after a while are killed.
    void await();

   private:
    std::vector<unique_fd> handles_;
};

}  // namespace dibs::sandbox
