#pragma once

#include "sandbox/supervisor.hpp"
#include "tests/support/run_program.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dibs::tests {

using variables = std::vector<std::pair<std::string, std::string>>;

/// `dibs serve WORDS…` with these variables in its environment, its output piped.
sandbox::process start_serve(sandbox::supervisor& box, std::vector<std::string> words,
                             const variables& set = {});

/// The same to its end.
program_end run_serve(sandbox::supervisor& box, std::vector<std::string> words, const variables& set = {});

/// The port in the first line of its output that begins so; throws with what it said instead.
std::uint16_t port_after(sandbox::process& serve, const std::string& announcement);
inline constexpr const char* listening_at_port = "dibs serve: listening on http://localhost:";
inline constexpr const char* metrics_at_port = "dibs serve: metrics on port ";

/// Makes the file in the box's folder; its path.
std::string file_in(const sandbox::supervisor& box, const std::string& name, const std::string& content);

}  // namespace dibs::tests
