#pragma once

#include "cli/completion/completion_words.hpp"

#include <string>
#include <vector>

/// Scripts that complete the words of `dibs`. Where nothing else is known they offer files.
namespace dibs::cli {

std::string bash_completion(const std::vector<completed_command>& commands);
std::string zsh_completion(const std::vector<completed_command>& commands);
std::string fish_completion(const std::vector<completed_command>& commands);

}  // namespace dibs::cli
