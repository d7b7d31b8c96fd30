#include "report/json_text.hpp"
#include "report/markdown.hpp"
#include "torture/cell.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace dibs::torture {
namespace {

promise expected_of(const cell& seen) { return promise_of(seen.kind, seen.what).value_or(promise::live); }

std::string in_a_word(const cell& seen) {
    const auto found = judge(seen);
    auto text = describe(found, expected_of(seen));
    if (found == verdict::unsafe_by_design || found == verdict::violated)
        text += fmt::format(" ({} overlaps, {} stale)", seen.overlaps, seen.stale_writes_accepted);
    return text;
}

std::string word_for(const std::vector<cell>& cells, algorithm kind, trouble what) {
    const auto found =
        std::ranges::find_if(cells, [&](const cell& one) { return one.kind == kind && one.what == what; });
    return found == cells.end() ? "-" : in_a_word(*found);
}

boost::json::object object_of(const cell& seen) {
    boost::json::object object{{"algorithm", to_string(seen.kind)},
                               {"fault", to_string(seen.what)},
                               {"operations", seen.operations},
                               {"grants", seen.grants},
                               {"troubles", seen.troubles},
                               {"overlaps", seen.overlaps},
                               {"stale_writes_offered", seen.stale_writes_offered},
                               {"stale_writes_accepted", seen.stale_writes_accepted}};
    object["recovery_ms"] = seen.recovery ? boost::json::value(seen.recovery->count()) : nullptr;
    object["lease_ms"] = seen.lease.count();
    object["expected"] = to_string(expected_of(seen));
    object["verdict"] = describe(judge(seen), expected_of(seen));
    object["broken"] = boost::json::value_from(seen.broken);
    return object;
}

}  // namespace

std::string matrix_text(const std::vector<cell>& cells) {
    std::vector<std::vector<std::string>> rows{{"fault"}};
    std::vector<algorithm> kinds;
    for (const auto kind : all_algorithms)
        if (std::ranges::find(cells, kind, &cell::kind) != cells.end()) kinds.push_back(kind);
    for (const auto kind : kinds) rows.front().emplace_back(to_string(kind));
    for (const auto what : all_troubles) {
        if (std::ranges::find(cells, what, &cell::what) == cells.end()) continue;
        auto& row = rows.emplace_back(std::vector{std::string(to_string(what))});
        for (const auto kind : kinds) row.push_back(word_for(cells, kind, what));
    }
    auto text = report::markdown_table(rows);
    for (const auto& one : cells)
        for (const auto& broken : one.broken)
            text += fmt::format("\n{} under {}: {}", to_string(one.kind), to_string(one.what), broken);
    return text;
}

std::string matrix_json(const std::vector<cell>& cells) {
    boost::json::array matrix;
    for (const auto& one : cells) matrix.push_back(object_of(one));
    return report::json_text(boost::json::object{{"matrix", std::move(matrix)}});
}

}  // namespace dibs::torture
