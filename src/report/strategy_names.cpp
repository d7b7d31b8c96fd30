#include "report/strategy_names.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace dibs::report {
namespace {

using naming = std::pair<std::string_view, std::string_view>;

/// What they are called beside their own names, in lower case.
constexpr std::array aliases{naming{"spin", "spinlock"}, naming{"pub/sub", "pubsub"},
                             naming{"database lock", "database"}};

constexpr std::array display_names{naming{"database", "Database Lock"}, naming{"spinlock", "Spinlock"},
                                   naming{"pubsub", "Pub/Sub"},         naming{"queue", "Queue"},
                                   naming{"fencing", "Fencing"},        naming{"redlock", "Redlock"}};

std::string in_lower_case(std::string_view word) {
    std::string lower(word);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return lower;
}

}  // namespace

std::string strategy_named(std::string_view word) {
    const auto first = word.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    word = word.substr(first, word.find_last_not_of(" \t") - first + 1);
    auto lower = in_lower_case(word);
    for (const auto& [alias, name] : aliases)
        if (lower == alias) return std::string(name);
    return is_published(lower) ? lower : std::string(word);
}

std::size_t canonical_place(std::string_view strategy) {
    const auto* const found = std::find(published_strategies.begin(), published_strategies.end(), strategy);
    return static_cast<std::size_t>(found - published_strategies.begin());
}

bool is_published(std::string_view strategy) {
    return canonical_place(strategy) < published_strategies.size();
}

std::string_view display_name(std::string_view strategy) {
    for (const auto& [name, shown] : display_names)
        if (strategy == name) return shown;
    return strategy;
}

}  // namespace dibs::report
