#pragma once

#include <sys/types.h>

#include <vector>

namespace dibs::sandbox {

/// The processes whose parent is `parent`, as /proc has them now (those that ended and were not waited for
/// too).
std::vector<pid_t> children_of(pid_t parent);

}  // namespace dibs::sandbox
