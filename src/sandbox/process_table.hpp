#pragma once

#include <sys/types.h>

#include <vector>

namespace dibs::sandbox {

/// The processes whose parent is `parent`, as /proc has them now (those that ended and were not waited for
/// too).
std::vector<pid_t> children_of(pid_t parent);

/// Whether SIGSTOP has taken effect on that process, or it has ended.
bool is_still(pid_t pid);

}  // namespace dibs::sandbox
