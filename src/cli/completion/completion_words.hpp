#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace dibs::cli {

/// An option as a shell completes it.
struct completed_option {
    std::vector<std::string> names;  ///< with their dashes
    std::string help;                ///< one line
    bool takes_value = false;
    std::vector<std::string> values;  ///< all it takes; empty: anything
};

/// The program or one of its subcommands.
struct completed_command {
    std::string path;  ///< `admin/users`; empty for the program itself
    std::string help;
    std::vector<completed_option> options;
    std::vector<std::string> values;       ///< of its first argument, where they are known
    std::vector<std::string> subcommands;  ///< the words that may follow
};

/// What the program's own description says of itself and all its subcommands, those without help left out.
std::vector<completed_command> completed_commands(const CLI::App& app);

}  // namespace dibs::cli
