#pragma once

#include <cstdint>

namespace dibs::sandbox {

/// How a server is reached.
enum class address {
    unix_socket,  ///< in the sandbox's folder, where only its owner may connect
    loopback      ///< a TCP port of 127.0.0.1, with a random password
};

/// A TCP port of 127.0.0.1 on which nobody listens, and which the kernel gives to no outgoing connection: a
/// server can come back on it, and a client that connects meanwhile cannot by chance meet itself. Throws
/// std::runtime_error when there is none.
std::uint16_t free_port();

}  // namespace dibs::sandbox
