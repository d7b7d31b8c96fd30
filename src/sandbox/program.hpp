#pragma once

#include <sys/types.h>

#include <csignal>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dibs::sandbox {

/// Where a program's stdout or stderr goes.
struct output {
    enum class kind { nowhere, file, pipe, inherited };

    static output nowhere() { return {kind::nowhere, {}}; }
    /// Appended to; made when it is not there.
    static output file(std::filesystem::path path) { return {kind::file, std::move(path)}; }
    /// Read by the owner, through the process object.
    static output pipe() { return {kind::pipe, {}}; }
    /// The owner's own stream of that number.
    static output inherited() { return {kind::inherited, {}}; }

    kind goes = kind::nowhere;
    std::filesystem::path path;
};

/// Whom a program runs as.
struct user {
    uid_t id = 0;
    gid_t group = 0;
};
/// Throws std::runtime_error for a name the system does not know.
user user_named(const std::string& name);

/// What to run, and how.
struct program {
    explicit program(std::filesystem::path file, std::vector<std::string> words = {})
        : executable(std::move(file)), arguments(std::move(words)) {}

    std::filesystem::path executable;  ///< a path: see find_program
    std::vector<std::string> arguments;
    /// Added to the environment that the owner had when its supervisor started.
    std::vector<std::pair<std::string, std::string>> environment;
    std::filesystem::path working_directory;  ///< empty: the owner's
    std::optional<user> run_as;               ///< empty: as the owner
    output standard_output;
    output standard_error;
    /// What asks it to end at once, tidily: sent when its process object or its owner goes.
    int stop_signal = SIGTERM;
};

/// The executable of that name in PATH, then in `others` (in their order). Empty: in none of them.
std::optional<std::filesystem::path> find_program(std::string_view name,
                                                  const std::vector<std::filesystem::path>& others = {});

/// How a process ended.
class exit_status {
   public:
    explicit exit_status(int wait_status) : wait_status_(wait_status) {}
    bool success() const { return wait_status_ == 0; }
    /// Empty where a signal ended it.
    std::optional<int> code() const;
    /// Empty where it exited by itself.
    std::optional<int> signal() const;
    /// "exit code 1", "signal 9 (Killed)".
    std::string describe() const;

   private:
    int wait_status_;
};

}  // namespace dibs::sandbox
