#include "sandbox/process_table.hpp"

#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace dibs::sandbox {
namespace {

// /proc/PID/stat: "PID (NAME) STATE PARENT …", where NAME may hold anything. 0: there is no such process any
// more.
pid_t parent_of(const std::filesystem::path& entry) {
    std::ifstream file(entry / "stat");
    std::string line;
    std::getline(file, line);
    const auto name_end = line.rfind(')');
    if (name_end == std::string::npos) return 0;
    std::istringstream rest(line.substr(name_end + 1));
    char state = 0;
    pid_t parent = 0;
    rest >> state >> parent;
    return parent;
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
        if (parent_of(entry->path()) == parent) children.push_back(pid);
    }
    return children;
}

}  // namespace dibs::sandbox
