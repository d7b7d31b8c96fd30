#pragma once

#include <functional>
#include <string_view>

namespace dibs {

enum class log_level { debug, info, warning, error };

/// Takes one line, without its line end.
using log_sink = std::function<void(log_level, std::string_view line)>;

/// Where dibs tells of lost connections, lost leases and clean-up that failed; of the whole process. Called
/// from the threads of all clients, and must not throw. Empty (as at first): nothing is logged.
void set_log_sink(log_sink sink);

}  // namespace dibs
