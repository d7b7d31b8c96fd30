#include "report/runs.hpp"

#include "report/strategy_names.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace dibs::report {

std::optional<stats::wrongs> wrongs_in_runs(const std::vector<single_run>& runs, std::string_view strategy) {
    std::optional<stats::wrongs> all;
    for (const auto& run : runs)
        if (run.strategy == strategy && run.details.wrong)
            all = all.value_or(stats::wrongs{}) += *run.details.wrong;
    return all;
}

void run_collection::add(std::string_view strategy, const run_figures& run) {
    auto found = std::find_if(strategies_.begin(), strategies_.end(),
                              [&](const auto& known) { return known.strategy == strategy; });
    if (found == strategies_.end()) {
        const auto place = canonical_place(strategy);
        const auto behind = std::find_if(strategies_.begin(), strategies_.end(), [&](const auto& known) {
            return canonical_place(known.strategy) > place;
        });
        found = strategies_.insert(behind, {std::string(strategy), {}});
    }
    found->runs.push_back(run);
}

unreadable::unreadable(std::string_view file, std::size_t line, std::string_view why)
    : std::runtime_error(fmt::format("{}:{}: {}", file, line, why)) {}

unreadable::unreadable(std::string_view file, std::string_view why)
    : std::runtime_error(fmt::format("{}: {}", file, why)) {}

}  // namespace dibs::report
