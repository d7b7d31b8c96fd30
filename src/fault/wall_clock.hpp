#pragma once

#include <boost/interprocess/mapped_region.hpp>

#include <chrono>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace dibs::faults {

/// The wall clock of a program that is started in environment(), to be set forward and back while it runs.
/// Its monotonic clock stays as it is.
class wall_clock {
   public:
    /// Keeps two files in `folder`, which it makes, and which must outlive the program. Throws
    /// std::exception.
    explicit wall_clock(const std::filesystem::path& folder);

    const std::vector<std::pair<std::string, std::string>>& environment() const { return environment_; }

    /// From now on it shows so much more than the system's.
    void shift(std::chrono::nanoseconds by);

   private:
    std::vector<std::pair<std::string, std::string>> environment_;
    boost::interprocess::mapped_region offset_;
};

}  // namespace dibs::faults
