#pragma once

#include "sandbox/program.hpp"
#include "sandbox/wire.hpp"

namespace dibs::sandbox {

/// The descriptors that become a program's stdout and stderr; all above 2.
struct streams {
    int out = -1;
    int err = -1;
};

struct launched {
    pid_t pid = 0;  ///< 0: it did not start, and `failed` with `error` says why
    wire::step failed = wire::step::none;
    int error = 0;
};

/// Forks and executes `what`, and returns once it runs or is known not to. For a process of one thread.
launched launch(const program& what, streams into);

}  // namespace dibs::sandbox
