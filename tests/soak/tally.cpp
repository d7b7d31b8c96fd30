#include "tests/soak/tally.hpp"

#include <fmt/format.h>

#include <sstream>
#include <stdexcept>

namespace dibs::soak {

std::string to_line(const tally& counts) {
    std::string line;
    for (const auto& [name, count] : counts)
        line += fmt::format("{}{}={}", line.empty() ? "" : " ", name, count);
    return line;
}

tally tally_from(const std::string& line) {
    tally counts;
    std::istringstream words(line);
    for (std::string word; words >> word;) {
        const auto equals = word.find('=');
        if (equals == std::string::npos) throw std::runtime_error("no tally: " + line);
        counts[word.substr(0, equals)] = std::stoll(word.substr(equals + 1));
    }
    return counts;
}

}  // namespace dibs::soak
