#include "torture/examination.hpp"

#include "check/locks.hpp"
#include "check/timeline.hpp"
#include "history/reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

namespace dibs::torture {
namespace {

constexpr std::chrono::milliseconds queue_tolerance{300};  // many processes share few cores

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

/// Where servers forget, a process may hand on locally, with tokens that it drew before, a lock that another
/// has been granted since.
bool hands_on_what_is_lost(algorithm kind, trouble what) {
    return servers_forget(what) && (kind == algorithm::spinlock || kind == algorithm::pubsub);
}

void keep(const std::filesystem::path& place, std::string_view content) {
    std::ofstream file(place);
    file << content;
    if (!file.flush()) throw std::runtime_error(fmt::format("cannot write {}", place.native()));
}

/// How often it was violated.
std::size_t keep_proof(const check::verdict& found, const std::filesystem::path& folder) {
    if (found.found != check::verdict::result::violated) return 0;
    auto name = found.check;
    std::ranges::replace(name, ' ', '-');
    std::string events;
    for (const auto& one : found.proof) events += history::to_line(one);
    keep(folder / (name + ".proof"), events);
    keep(folder / (name + ".txt"), found.explanation + "\n\n" + check::timeline_text(found.proof));
    keep(folder / (name + ".svg"), check::timeline_svg(found));
    return found.violations;
}

}  // namespace

cell examine(trouble what, const orders& told, const course& troubles) {
    const auto recorded = history::read(told.history);
    const auto operations = check::operations_in(recorded.events);
    const auto holds = check::holds_in(operations);
    cell seen;
    seen.kind = told.kind;
    seen.what = what;
    seen.lease = told.lease;
    seen.folder = told.history;
    seen.troubles = troubles.troubles;
    seen.operations = static_cast<std::uint64_t>(
        std::ranges::count_if(operations, [](const auto& one) { return one.succeeded() || one.failed(); }));
    for (const auto& [name, all] : holds) seen.grants += all.size();
    seen.overlaps = keep_proof(check::overlapping_holds(holds), told.history);
    const auto stale = check::find_stale_writes(operations);
    seen.stale_writes_offered = stale.offered;
    seen.stale_writes_accepted = keep_proof(stale.accepted, told.history);
    seen.recovery = recovery_in(holds, told, troubles.healed_ns);

    std::vector kept{check::one_owner_per_token(holds)};
    if (!hands_on_what_is_lost(told.kind, what)) kept.push_back(check::grant_tokens_grow(holds));
    const bool queued = told.kind == algorithm::queue || told.kind == algorithm::fencing;
    if (queued && what == trouble::none) kept.push_back(check::queue_order(holds, queue_tolerance));
    for (const auto& one : kept)
        if (const auto times = keep_proof(one, told.history))
            seen.broken.push_back(fmt::format("{} ({} times): {}", one.check, times, one.explanation));
    return seen;
}

}  // namespace dibs::torture
