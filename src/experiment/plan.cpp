#include "experiment/plan.hpp"

#include "load/scenario.hpp"

#include <random>
#include <utility>

namespace dibs::experiment {
namespace {

std::vector<load::stage> at_a_tenth(std::vector<load::stage> stages) {
    for (auto& stage : stages) stage.length /= 10;
    return stages;
}

/// Fisher and Yates's shuffle; std::shuffle's order differs between standard libraries.
void shuffle(std::vector<std::string>& items, std::mt19937_64& random) {
    for (std::size_t left = items.size(); left > 1; --left)
        std::swap(items[left - 1], items[random() % left]);
}

}  // namespace

std::optional<profile> profile_named(std::string_view name) {
    if (name == "quick") return profile{"quick", at_a_tenth(load::published_stages()), 3};
    if (name == "published") return profile{"published", load::published_stages(), 5};
    return std::nullopt;
}

std::vector<std::vector<std::string>> randomised_blocks(const std::vector<std::string>& strategies,
                                                        int rounds, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::vector<std::vector<std::string>> blocks;
    for (int round = 0; round < rounds; ++round) {
        blocks.push_back(strategies);
        shuffle(blocks.back(), random);
    }
    return blocks;
}

}  // namespace dibs::experiment
