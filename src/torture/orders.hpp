#pragma once

#include <dibs/client.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace dibs::torture {

/// What a worker process is to do.
struct orders {
    algorithm kind = algorithm::queue;
    config servers;
    std::string resource;  ///< PostgreSQL, where it writes
    std::string prefix;    ///< of the names it locks
    std::size_t names = 6;
    std::size_t coroutines = 6;
    std::chrono::milliseconds lease{1000};
    std::chrono::milliseconds long_hold{100};  ///< see work()
    std::uint64_t seed = 1;
    std::filesystem::path history;
};

/// The lock of that number from 0.
std::string name_of(const orders& told, std::size_t number);

/// In one word of a command line.
std::string to_json(const orders& told);
/// Throws std::exception for anything that to_json() did not make.
orders orders_from(std::string_view json);

}  // namespace dibs::torture
