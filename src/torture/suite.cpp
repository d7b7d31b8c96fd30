#include "torture/suite.hpp"

#include <algorithm>

namespace dibs::torture {
namespace {

round_plan round_of(const suite_plan& plan, trouble what, std::vector<algorithm> kinds) {
    const auto number = static_cast<std::uint64_t>(what);
    return {what,         std::move(kinds),         plan.length, plan.lease,
            plan.workers, plan.seed * 100 + number, plan.folder};
}

template <class T>
bool wanted(const std::vector<T>& some, T one) {
    return some.empty() || std::ranges::find(some, one) != some.end();
}

}  // namespace

std::vector<round_plan> rounds_of(const suite_plan& plan) {
    std::vector<round_plan> rounds;
    for (const auto what : all_troubles) {
        if (!wanted(plan.troubles, what)) continue;
        std::vector<algorithm> kinds;
        for (const auto kind : all_algorithms)
            if (wanted(plan.kinds, kind) && promise_of(kind, what)) kinds.push_back(kind);
        if (!kinds.empty()) rounds.push_back(round_of(plan, what, std::move(kinds)));
    }
    return rounds;
}

std::vector<round_plan> quick_rounds(const suite_plan& plan) {
    const std::vector every(all_algorithms.begin(), all_algorithms.end());
    return {round_of(plan, trouble::holder_paused, every),
            round_of(plan, trouble::holder_killed, every),
            round_of(plan, trouble::failover, {algorithm::fencing}),
            round_of(plan, trouble::flushall, {algorithm::fencing}),
            round_of(plan, trouble::postgres_killed, {algorithm::database}),
            round_of(plan, trouble::masters_hung, {algorithm::redlock})};
}

}  // namespace dibs::torture
