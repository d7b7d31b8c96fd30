#pragma once

#include <filesystem>

/// The file lock (flock) that each holder of a lock takes without waiting: who does not get it met another.
namespace dibs::soak {

/// In the guards' folder: a byte for each holder who met another.
inline constexpr const char* overlaps_file = "overlaps";

class guard {
   public:
    explicit guard(const std::filesystem::path& file);
    guard(const guard&) = delete;
    guard& operator=(const guard&) = delete;
    ~guard();

    enum class outcome { taken, taken_from_the_dying, met_another };
    /// The kernel drops it with its process, before any lease can end. But a process that is killed may close
    /// its session with PostgreSQL, and a `database` lock with it, before its files: who dies is waited for.
    outcome take();

   private:
    bool of_the_dying() const;

    int file_;
};

}  // namespace dibs::soak
