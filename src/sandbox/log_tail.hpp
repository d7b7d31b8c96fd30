#pragma once

#include <deque>
#include <filesystem>
#include <fstream>
#include <string>

namespace dibs::sandbox {

/// The last lines of a log, for an error message.
inline std::string log_tail(const std::filesystem::path& log) {
    constexpr std::size_t most = 10;
    std::deque<std::string> lines;
    std::ifstream file(log);
    for (std::string line; std::getline(file, line);) {
        lines.push_back(line + '\n');
        if (lines.size() > most) lines.pop_front();
    }
    std::string tail;
    for (const auto& line : lines) tail += line;
    return tail;
}

}  // namespace dibs::sandbox
