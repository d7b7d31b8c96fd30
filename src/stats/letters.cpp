#include "stats/letters.hpp"

#include <boost/dynamic_bitset.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace dibs::stats {
namespace {

/// The treatments that share a letter.
using column = boost::dynamic_bitset<>;

/// Splits each column that has both into one without the one and one without the other.
std::vector<column> inserted(const std::vector<column>& columns, std::size_t one, std::size_t other) {
    std::vector<column> split;
    for (column each : columns) {
        if (!each[one] || !each[other]) {
            split.push_back(std::move(each));
            continue;
        }
        split.push_back(each);
        split.back().reset(one);
        split.push_back(std::move(each));
        split.back().reset(other);
    }
    return split;
}

/// Without the columns that lie within another.
std::vector<column> absorbed(const std::vector<column>& columns) {
    std::vector<column> kept;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const bool within_another = [&] {
            for (std::size_t k = 0; k < columns.size(); ++k)
                if (columns[i].is_proper_subset_of(columns[k]) || (k < i && columns[i] == columns[k]))
                    return true;
            return false;
        }();
        if (!within_another) kept.push_back(columns[i]);
    }
    return kept;
}

/// a … z, A … Z; beyond, numbers.
std::string letter(std::size_t number) {
    constexpr std::size_t alphabet = 26;
    if (number < alphabet) return {static_cast<char>('a' + number)};
    if (number < 2 * alphabet) return {static_cast<char>('A' + number - alphabet)};
    return fmt::format("({})", number);
}

}  // namespace

std::vector<std::string> letters_for(std::size_t treatments,
                                     const std::vector<std::pair<std::size_t, std::size_t>>& told_apart) {
    std::vector<column> columns{column(treatments).set()};
    for (const auto& [one, other] : told_apart) columns = absorbed(inserted(columns, one, other));
    std::sort(columns.begin(), columns.end(), [](const column& a, const column& b) {
        const auto differ = (a ^ b).find_first();
        return differ != column::npos && a[differ];
    });
    std::vector<std::string> letters(treatments);
    for (std::size_t i = 0; i < columns.size(); ++i)
        for (auto at = columns[i].find_first(); at != column::npos; at = columns[i].find_next(at))
            letters[at] += letter(i);
    return letters;
}

}  // namespace dibs::stats
