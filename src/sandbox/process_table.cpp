#include "sandbox/process_table.hpp"

#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace dibs::sandbox {
namespace {

struct state {
    char letter = 'X';
    pid_t parent = 0;
};

// /proc/PID/stat: "PID (NAME) STATE PARENT …", where NAME may hold anything. Without the file it has gone.
state state_of(const std::filesystem::path& entry) {
    std::ifstream file(entry / "stat");
    std::string line;
    std::getline(file, line);
    state found;
    const auto name_end = line.rfind(')');
    if (name_end == std::string::npos) return found;
    std::istringstream rest(line.substr(name_end + 1));
    rest >> found.letter >> found.parent;
    return found;
}

}  // namespace

std::vector<pid_t> children_of(pid_t parent) {
    std::vector<pid_t> children;
    std::error_code gone;
    std::filesystem::directory_iterator entry("/proc", gone);
    for (; !gone && entry != std::filesystem::directory_iterator(); entry.increment(gone)) {
        const auto name = entry->path().filename().native();
        pid_t pid = 0;
        const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
        if (error != std::errc() || end != name.data() + name.size()) continue;
        if (state_of(entry->path()).parent == parent) children.push_back(pid);
    }
    return children;
}

bool is_still(pid_t pid) {
    const char letter = state_of(std::filesystem::path("/proc") / std::to_string(pid)).letter;
    return letter == 'T' || letter == 'Z' || letter == 'X';
}

}  // namespace dibs::sandbox
