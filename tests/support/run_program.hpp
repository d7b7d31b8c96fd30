#pragma once

#include "sandbox/supervisor.hpp"

#include <string>
#include <vector>

namespace dibs::tests {

/// `executable WORDS…`, its output piped, whatever it puts in a temporary folder put in `box`'s.
sandbox::process start_program(sandbox::supervisor& box, const std::filesystem::path& executable,
                               std::vector<std::string> words);

struct program_end {
    int status = -1;  ///< −1: a signal ended it
    std::string out;
    std::string errors;
};

program_end run_program(sandbox::supervisor& box, const std::filesystem::path& executable,
                        std::vector<std::string> words);

}  // namespace dibs::tests
