#include "core/random.hpp"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <cstring>
#include <stdexcept>
#include <vector>

namespace dibs {
namespace {

std::vector<unsigned char> random_bytes(std::size_t count) {
    std::vector<unsigned char> bytes(count);
    if (RAND_bytes(bytes.data(), static_cast<int>(count)) != 1)
        throw std::runtime_error("OpenSSL has no randomness to give");
    return bytes;
}

}  // namespace

std::string random_hex(std::size_t bytes) {
    std::string text;
    text.reserve(2 * bytes);
    for (unsigned char byte : random_bytes(bytes)) fmt::format_to(std::back_inserter(text), "{:02x}", byte);
    return text;
}

std::uint64_t random_seed() {
    std::uint64_t seed = 0;
    std::memcpy(&seed, random_bytes(sizeof seed).data(), sizeof seed);
    return seed;
}

}  // namespace dibs
