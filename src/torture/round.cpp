#include "torture/round.hpp"

#include "history/writer.hpp"
#include "torture/examination.hpp"
#include "torture/leftovers.hpp"
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

constexpr auto recovery_time = 1200ms;  // beyond a lease
constexpr auto leaving_time = 1s;       // beyond a lease
constexpr auto warm_up = 300ms;
constexpr auto shortest_pause = 100ms;  // between troubles
constexpr auto longest_pause = 500ms;
constexpr auto time_to_overrun = 500ms;  // after healing, for those who hold what another is granted now

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
    if (servers_forget(plan.what)) told.long_hold = 3 * plan.lease;
    told.seed = plan.seed * 10 + static_cast<std::uint64_t>(kind);
    told.history = folder_of(plan, kind);
    return told;
}

/// One at a time, at least once.
course make_trouble(const round_plan& plan, troublemaker& maker, std::mt19937_64& random) {
    course seen;
    const auto end = steady::now() + plan.length;
    const auto lasts = maker.length(plan.lease);
    std::uniform_int_distribution<std::int64_t> any(shortest_pause.count(), longest_pause.count());
    std::this_thread::sleep_for(warm_up);
    do {
        std::this_thread::sleep_for(std::chrono::milliseconds(any(random)));
        maker.make();
        std::this_thread::sleep_for(lasts);
        maker.heal();
        ++seen.troubles;
    } while (steady::now() + longest_pause + lasts < end);
    seen.healed_ns = history::now_ns();
    return seen;
}

/// A round without trouble.
course let_pass(std::chrono::milliseconds length) {
    std::this_thread::sleep_for(length);
    return {.healed_ns = history::now_ns()};
}

/// To the cells whose crew it was, or to all.
void add(std::vector<cell>& cells, const std::vector<crew>& crews, const std::string& leftover) {
    const auto is_of = [&](const crew& one) {
        return leftover.find('{' + one.told().prefix + ':') != std::string::npos;
    };
    const bool of_one = std::ranges::any_of(crews, is_of);
    for (std::size_t i = 0; i < cells.size(); ++i)
        if (!of_one || is_of(crews[i])) cells[i].broken.push_back(leftover);
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
    const auto maker = make_troublemaker(plan.what, {servers, crews, random, plan.lease});
    const auto troubles =
        plan.what == trouble::none ? let_pass(plan.length) : make_trouble(plan, *maker, random);
    std::this_thread::sleep_for(time_to_overrun);
    for (auto& one : crews) one.calm();
    std::this_thread::sleep_for(plan.lease + recovery_time - time_to_overrun);

    std::vector<std::vector<std::string>> complaints;
    for (auto& one : crews) complaints.push_back(one.stop());
    const auto left = leftovers({servers.redis_urls(), box.postgres_url()}, after(plan.lease + leaving_time));
    std::vector<cell> cells;
    for (std::size_t i = 0; i < crews.size(); ++i) {
        cells.push_back(examine(plan.what, crews[i].told(), troubles));
        auto& broken = cells.back().broken;
        broken.insert(broken.end(), complaints[i].begin(), complaints[i].end());
    }
    for (const auto& one : left) add(cells, crews, one);
    return cells;
}

}  // namespace dibs::torture
