#include "core/file_text.hpp"

#include <fstream>
#include <iterator>

namespace dibs {

std::optional<std::string> file_text(const std::filesystem::path& place) {
    std::ifstream file(place, std::ios::binary);
    if (!file.is_open()) return std::nullopt;
    try {
        return std::string(std::istreambuf_iterator<char>(file), {});
    } catch (const std::ios_base::failure&) {
        return std::nullopt;
    }
}

}  // namespace dibs
