#include "torture/round.hpp"

#include "check/locks.hpp"
#include "history/reader.hpp"
#include "history/writer.hpp"
#include "torture/resource.hpp"
#include "torture/troublemaker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <thread>
#include <utility>

namespace dibs::torture {
namespace {

using namespace std::chrono_literals;

constexpr auto recovery_time = 1200ms;   // beyond a lease
constexpr auto queue_tolerance = 300ms;  // many processes share few cores
constexpr auto warm_up = 300ms;

std::filesystem::path folder_of(const round_plan& plan, algorithm kind) {
    return plan.folder / to_string(plan.what) / to_string(kind);
}

orders orders_for(const round_plan& plan, algorithm kind, const config& servers,
                  const std::string& resource) {
    orders told;
    told.kind = kind;
    told.servers = servers;
    told.resource = resource;
    told.prefix = fmt::format("{}:{}:{}", to_string(plan.what), to_string(kind), plan.seed);
    told.lease = plan.lease;
    told.seed = plan.seed * 10 + static_cast<std::uint64_t>(kind);
    told.history = folder_of(plan, kind);
    return told;
}

/// Of the trouble that was made.
struct course {
    std::uint64_t troubles = 0;
    std::int64_t healed_ns = 0;
};

course make_trouble(const round_plan& plan, troublemaker& maker, std::mt19937_64& random) {
    course seen;
    const auto end = steady::now() + plan.length;
    const auto lasts = maker.length(plan.lease);
    std::this_thread::sleep_for(warm_up);
    while (plan.what != trouble::none) {
        std::this_thread::sleep_for(
            std::chrono::milliseconds(std::uniform_int_distribution(100, 500)(random)));
        if (steady::now() + lasts > end) break;
        maker.make();
        std::this_thread::sleep_for(lasts);
        maker.heal();
        ++seen.troubles;
    }
    std::this_thread::sleep_until(end);
    seen.healed_ns = history::now_ns();
    return seen;
}

std::optional<std::chrono::milliseconds> recovery_in(const check::holds& of, const orders& told,
                                                     std::int64_t healed_ns) {
    std::int64_t slowest = 0;
    for (std::size_t i = 0; i < told.names; ++i) {
        const auto found = of.find(name_of(told, i));
        if (found == of.end()) return std::nullopt;
        const auto& holds = found->second;
        const auto first =
            std::ranges::find_if(holds, [&](const auto& one) { return one.begin() >= healed_ns; });
        if (first == holds.end()) return std::nullopt;
        slowest = std::max(slowest, first->begin() - healed_ns);
    }
    return std::chrono::ceil<std::chrono::milliseconds>(std::chrono::nanoseconds(slowest));
}

void note(cell& seen, const check::verdict& found) {
    if (found.found == check::verdict::result::violated)
        seen.broken.push_back(
            fmt::format("{} ({} times): {}", found.check, found.violations, found.explanation));
}

cell examine(const round_plan& plan, const orders& told, const course& troubles) {
    const auto recorded = history::read(told.history);
    const auto operations = check::operations_in(recorded.events);
    const auto holds = check::holds_in(operations);
    cell seen;
    seen.kind = told.kind;
    seen.what = plan.what;
    seen.lease = plan.lease;
    seen.troubles = troubles.troubles;
    seen.operations = static_cast<std::uint64_t>(
        std::ranges::count_if(operations, [](const auto& one) { return one.succeeded() || one.failed(); }));
    for (const auto& [name, all] : holds) seen.grants += all.size();
    seen.overlaps = check::overlapping_holds(holds).violations;
    const auto stale = check::find_stale_writes(operations);
    seen.stale_writes_offered = stale.offered;
    seen.stale_writes_accepted = stale.accepted.violations;
    seen.recovery = recovery_in(holds, told, troubles.healed_ns);
    note(seen, check::grant_tokens_grow(holds));
    note(seen, check::one_owner_per_token(holds));
    const bool queued = told.kind == algorithm::queue || told.kind == algorithm::fencing;
    if (queued && plan.what == trouble::none) note(seen, check::queue_order(holds, queue_tolerance));
    return seen;
}

}  // namespace

std::vector<cell> run_round(const round_plan& plan, sandbox::servers& box,
                            const std::vector<std::string>& worker_command) {
    scene servers(box, plan.what, plan.seed);
    std::vector<crew> crews;
    for (const auto kind : plan.kinds) {
        crews.emplace_back(box.supervisor(), worker_command,
                           orders_for(plan, kind, servers.addresses(), box.postgres_url()));
        const auto& told = crews.back().told();
        std::vector<std::string> names;
        for (std::size_t i = 0; i < told.names; ++i) names.push_back(name_of(told, i));
        prepare_resource(told.resource, names);
    }
    for (auto& one : crews) one.start(plan.workers);

    std::mt19937_64 random(plan.seed);
    const auto maker = make_troublemaker(plan.what, {servers, crews, random});
    const auto troubles = make_trouble(plan, *maker, random);
    std::this_thread::sleep_for(plan.lease + recovery_time);

    std::vector<cell> cells;
    for (auto& one : crews) {
        auto complaints = one.stop();
        auto seen = examine(plan, one.told(), troubles);
        seen.broken.insert(seen.broken.end(), complaints.begin(), complaints.end());
        cells.push_back(std::move(seen));
    }
    return cells;
}

}  // namespace dibs::torture
