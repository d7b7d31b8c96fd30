#pragma once

#include <functional>
#include <string>
#include <vector>

namespace dibs::cli {

/// What may be shown of the value of an option, `--redis` for example.
using value_shown = std::function<std::string(const std::string& option, const std::string& value)>;

/// The words of a command as one would type them into a shell, the program without its folder. Pure.
std::string command_line_of(const std::vector<std::string>& words, const value_shown& shown);

}  // namespace dibs::cli
