#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace dibs::claims_bench {

/// The bare HTTP server: answers every claim with a 409 and that body, whoever asks. `listening` is told the
/// port. Runs until its process is ended. Throws dibs::error where it cannot have the port.
void serve_constant(std::uint16_t port, const std::string& body,
                    const std::function<void(std::uint16_t)>& listening);

}  // namespace dibs::claims_bench
