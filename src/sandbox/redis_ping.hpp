#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace dibs::sandbox {

/// Whether a Redis server at this Unix socket answers PING with PONG (not while it loads its data).
bool redis_answers(const std::filesystem::path& socket);
/// The same for a port of 127.0.0.1.
bool redis_answers(std::uint16_t port, const std::string& password);

}  // namespace dibs::sandbox
