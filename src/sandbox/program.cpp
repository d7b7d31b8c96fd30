#include "sandbox/program.hpp"

#include <fmt/format.h>
#include <pwd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <stdexcept>
#include <system_error>

namespace dibs::sandbox {
namespace {

bool is_executable(const std::filesystem::path& file) {
    std::error_code unreadable;
    return std::filesystem::is_regular_file(file, unreadable) && ::access(file.c_str(), X_OK) == 0;
}

}  // namespace

user user_named(const std::string& name) {
    passwd entry{};
    passwd* found = nullptr;
    std::array<char, 4096> text{};
    ::getpwnam_r(name.c_str(), &entry, text.data(), text.size(), &found);
    if (found == nullptr) throw std::runtime_error(fmt::format("this system has no user {}", name));
    return {entry.pw_uid, entry.pw_gid};
}

std::optional<std::filesystem::path> find_program(std::string_view name,
                                                  const std::vector<std::filesystem::path>& others) {
    const char* path = std::getenv("PATH");
    std::istringstream folders(path == nullptr ? "" : path);
    for (std::string folder; std::getline(folders, folder, ':');) {
        const auto file = std::filesystem::absolute(folder.empty() ? "." : folder) / name;
        if (is_executable(file)) return file;
    }
    for (const auto& folder : others) {
        if (is_executable(folder / name)) return folder / name;
    }
    return std::nullopt;
}

std::optional<int> exit_status::code() const {
    if (WIFEXITED(wait_status_)) return WEXITSTATUS(wait_status_);
    return std::nullopt;
}

std::optional<int> exit_status::signal() const {
    if (WIFSIGNALED(wait_status_)) return WTERMSIG(wait_status_);
    return std::nullopt;
}

std::string exit_status::describe() const {
    if (const auto number = signal()) return fmt::format("signal {} ({})", *number, ::strsignal(*number));
    return fmt::format("exit code {}", WEXITSTATUS(wait_status_));
}

}  // namespace dibs::sandbox
