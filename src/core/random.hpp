#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace dibs {

/// `bytes` bytes of OpenSSL's random generator as lower-case hexadecimal digits (two per byte).
std::string random_hex(std::size_t bytes);

/// 64 bits of OpenSSL's random generator, to seed a generator that tests can replace.
std::uint64_t random_seed();

}  // namespace dibs
