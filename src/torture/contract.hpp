#pragma once

#include "torture/trouble.hpp"

#include <dibs/lock.hpp>

#include <optional>
#include <string_view>

namespace dibs::torture {

/// What an algorithm promises under a trouble.
enum class promise {
    live,   ///< two never hold the lock at once; progress may suffer
    safe,   ///< two may hold it, but the resource takes no write of the earlier after one of the later
    unsafe  ///< two may hold it, and both may write
};

std::string_view to_string(promise made);

/// Empty where the trouble does not touch the algorithm. docs/guarantees.md says why.
std::optional<promise> promise_of(algorithm kind, trouble what);

/// Whether the servers may let a second holder in while the first, which did nothing wrong, goes on.
bool servers_forget(trouble what);

}  // namespace dibs::torture
