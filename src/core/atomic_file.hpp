#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace dibs {

/// A file that appears whole or not at all: written beside its place and renamed into it. What was there
/// before stays until then.
class atomic_file {
   public:
    /// Makes the file beside `place`, so that a place that cannot be written shows before the work is done.
    /// Throws std::system_error.
    explicit atomic_file(std::filesystem::path place);
    atomic_file(const atomic_file&) = delete;
    atomic_file& operator=(const atomic_file&) = delete;
    /// Removes what was not kept.
    ~atomic_file();

    /// Writes, renames, and has both on disk when it returns; to be called once. Throws std::system_error.
    void keep(std::string_view content);

   private:
    [[noreturn]] void fail(const char* doing) const;

    std::filesystem::path place_;
    std::string beside_;  // empty once it was renamed
    int descriptor_ = -1;
};

}  // namespace dibs
