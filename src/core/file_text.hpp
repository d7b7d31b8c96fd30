#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace dibs {

/// All that is in the file. Empty where it cannot be opened or read to its end, as a folder.
std::optional<std::string> file_text(const std::filesystem::path& place);

}  // namespace dibs
