#include "check/history_check.hpp"

#include "check/claims.hpp"
#include "check/locks.hpp"
#include "check/plain_text.hpp"
#include "check/timeline.hpp"
#include "report/json_text.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace dibs::check {
namespace {

using finding = verdict::result;

constexpr std::size_t any_length = std::numeric_limits<std::size_t>::max() / 2;

std::string_view word_for(finding found) {
    constexpr std::array<std::string_view, 3> words{"holds", "violated", "unknown"};
    return words.at(static_cast<std::size_t>(found));
}

boost::json::object object_of(const history::event& one) {
    boost::json::object object{{"at_ns", one.at_ns},
                               {"process", one.process},
                               {"operation", one.operation},
                               {"action", to_string(one.action)},
                               {"phase", to_string(one.phase)},
                               {"name", plain(one.name, any_length)},
                               {"owner", plain(one.owner, any_length)}};
    object["token"] = one.token ? boost::json::value(*one.token) : nullptr;
    object["value"] = plain(one.value, any_length);
    return object;
}

boost::json::object object_of(const verdict& one) {
    boost::json::array proof;
    for (const auto& event : one.proof) proof.push_back(object_of(event));
    return {{"check", one.check},
            {"verdict", word_for(one.found)},
            {"violations", one.violations},
            {"explanation", plain(one.explanation, any_length)},
            {"proof", std::move(proof)}};
}

std::string text_of(const verdict& one) {
    if (one.found != finding::violated) return fmt::format("  holds     {}\n", one.check);
    return fmt::format("  VIOLATED  {} ({} {})\n\n{}:\n{}\n", one.check, one.violations,
                       one.violations == 1 ? "time" : "times", plain(one.explanation, any_length),
                       timeline_text(one.proof));
}

}  // namespace

std::vector<verdict> check_all(const events& all, const promises& made) {
    const auto operations = operations_in(all);
    const auto held = holds_in(operations);
    std::vector<verdict> verdicts{overlapping_holds(held), grant_tokens_grow(held), one_owner_per_token(held),
                                  find_stale_writes(operations).accepted};
    if (made.queue_tolerance) verdicts.push_back(queue_order(held, *made.queue_tolerance));
    for (auto& one : check_claims(all, made.stocks)) verdicts.push_back(std::move(one));
    return verdicts;
}

bool is_violated(const checked_history& one) {
    return std::ranges::find(one.verdicts, finding::violated, &verdict::found) != one.verdicts.end();
}

std::string report_text(const checked_history& one) {
    auto text = fmt::format("{}: events {}, processes {}, torn last lines left out {}\n",
                            plain(one.folder.native(), any_length), one.events, one.processes, one.torn);
    std::vector<std::string> unknown;
    for (const auto& judged : one.verdicts) {
        if (judged.found == finding::unknown)
            unknown.push_back(judged.check);
        else
            text += text_of(judged);
    }
    if (!unknown.empty()) text += fmt::format("  nothing to judge by: {}\n", fmt::join(unknown, "; "));
    return text;
}

std::string report_json(const std::vector<checked_history>& all) {
    boost::json::array histories;
    for (const auto& one : all) {
        boost::json::array checks;
        for (const auto& judged : one.verdicts) checks.push_back(object_of(judged));
        histories.push_back(boost::json::object{{"folder", plain(one.folder.native(), any_length)},
                                                {"events", one.events},
                                                {"processes", one.processes},
                                                {"torn", one.torn},
                                                {"checks", std::move(checks)}});
    }
    return report::json_text(boost::json::object{{"histories", std::move(histories)}});
}

}  // namespace dibs::check
