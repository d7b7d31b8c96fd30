#include "experiment/plan.hpp"

#include "experiment/run_outline.hpp"
#include "load/scenario.hpp"

#include <algorithm>
#include <random>
#include <utility>

namespace dibs::experiment {
namespace {

std::vector<load::stage> published_over(int divisor) {
    auto stages = load::published_stages();
    for (auto& stage : stages) stage.length /= divisor;
    return stages;
}

/// Fisher and Yates's shuffle; std::shuffle's order differs between standard libraries.
void shuffle(std::vector<std::string>& items, std::mt19937_64& random) {
    for (std::size_t left = items.size(); left > 1; --left)
        std::swap(items[left - 1], items[random() % left]);
}

}  // namespace

std::optional<profile> profile_named(std::string_view name) {
    if (name == "smoke") return profile{"smoke", published_over(100), 1};
    if (name == "quick") return profile{"quick", published_over(10), 3};
    if (name == "published") return profile{"published", load::published_stages(), 10};
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

std::vector<planned_run> missing(const std::vector<std::vector<std::string>>& order,
                                 const std::vector<run_outline>& runs) {
    std::vector<planned_run> left;
    for (std::size_t round = 0; round < order.size(); ++round)
        for (std::size_t place = 0; place < order[round].size(); ++place) {
            planned_run planned{static_cast<int>(round) + 1, static_cast<int>(place) + 1,
                                order[round][place]};
            const bool made = std::ranges::any_of(runs, [&](const run_outline& run) {
                return run.round == planned.round && run.strategy == planned.strategy;
            });
            if (!made) left.push_back(std::move(planned));
        }
    return left;
}

}  // namespace dibs::experiment
