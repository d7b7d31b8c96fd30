#include "check/claims.hpp"

#include <utility>

namespace dibs::check {
namespace {

using history::action;
using history::event;
using history::phase;

void require_piece(const event& had) {
    const auto space = had.value.rfind(' ');
    if (space == std::string::npos || space == 0 || space + 1 == had.value.size() || had.owner.empty())
        malformed(had, "a claim without user, key and id");
}

}  // namespace

claim_records claims_in(const events& all) {
    claim_records records;
    for (const auto& one : operations_in(all)) {
        if (one.invoke->action != action::claim) continue;
        if (one.succeeded()) require_piece(*one.completion);
        records.tries.push_back(one);
    }
    std::map<std::pair<std::uint64_t, std::uint64_t>, std::size_t> index;
    for (const auto& one : all) {
        if (one.action != action::found) continue;
        const auto [at, added] = index.emplace(std::pair(one.process, one.operation), records.surveys.size());
        if (one.phase == phase::invoke) {
            if (!added) malformed(one, "an operation was invoked twice");
            records.surveys.push_back({&one, {}, nullptr});
            continue;
        }
        if (added) malformed(one, "found without the invoke of a reading");
        auto& whole = records.surveys[at->second];
        if (whole.end) malformed(one, "found after the end of a reading");
        if (whole.invoke->name != one.name) malformed(one, "found in a reading of something else");
        if (one.phase != phase::ok) continue;  // it failed, or broke off
        if (one.owner.empty()) {
            whole.end = &one;
        } else {
            require_piece(one);
            whole.rows.push_back(&one);
        }
    }
    return records;
}

}  // namespace dibs::check
