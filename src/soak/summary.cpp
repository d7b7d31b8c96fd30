#include "soak/summary.hpp"

#include "report/json_text.hpp"
#include "report/markdown.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value_from.hpp>
#include <fmt/format.h>

namespace dibs::soak {
namespace {

struct figure {
    const char* key;
    const char* words;
    std::int64_t value;
};

std::int64_t whole(std::uint64_t count) { return static_cast<std::int64_t>(count); }

std::vector<figure> figures_of(const soak_result& done) {
    return {{"acknowledged", "claims acknowledged", done.found.acknowledged},
            {"in_database", "claims in the database", done.found.in_database},
            {"kills", "kills", whole(done.kills())},
            {"customers", "customers", whole(done.seen.arrivals - done.seen.dropped)},
            {"dropped", "dropped: too many inside", whole(done.seen.dropped)},
            {"not_signed_up", "gave up before a claim", whole(done.seen.not_signed_up)},
            {"sold_out", "told that it was sold out", whole(done.seen.sold_out)},
            {"retries", "tries again", whole(done.seen.retries)},
            {"resolved", "outcome unknown, then told", whole(done.seen.resolved)},
            {"unresolved", "outcome never told", whole(done.seen.unresolved)},
            {"repeated", "repeated with the same key", whole(done.seen.repeated)},
            {"refused", "again with another key, refused", whole(done.seen.refused)},
            {"conflicts", "writes that met another holder", done.held.conflicts}};
}

std::vector<figure> wrongs_in(const soak_result& done) {
    return {{"oversold", "oversold", done.found.oversold},
            {"twice", "twice to one user", done.found.twice},
            {"lost", "acknowledged and lost", done.found.lost},
            {"phantom", "there without a cause", done.found.phantom},
            {"second_results", "second results for a key", done.found.second_results},
            {"different", "other answers to a repeated key", whole(done.seen.different)},
            {"sold_out_too_early", "sold out before a later winner", done.found.sold_out_too_early},
            {"miscounted", "counter and rows apart", done.found.miscounted},
            {"unexpected", "answers that must not be", whole(done.seen.unexpected)},
            {"crashed", "services that ended by themselves", whole(done.crashed)}};
}

double seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

std::string ending_of(const soak_result& done) {
    switch (done.ended) {
        case soak_ending::whole: return "whole";
        case soak_ending::interrupted: return "interrupted";
        case soak_ending::service_ended: return "service ended";
        case soak_ending::stalled: break;
    }
    return "stalled";
}

std::vector<blow_kind> all_kinds() {
    std::vector<blow_kind> kinds;
    for (std::size_t i = 0; i < blow_kinds; ++i) kinds.push_back(static_cast<blow_kind>(i));
    return kinds;
}

std::uint64_t count_of(blow_kind what, const soak_result& done) {
    return done.blows.at(static_cast<std::size_t>(what));
}

}  // namespace

std::string summary_text(const soak_plan& plan, const soak_result& done) {
    std::vector<std::vector<std::string>> rows{{"what was seen", ""}};
    for (const auto& one : figures_of(done)) rows.push_back({one.words, std::to_string(one.value)});
    std::vector<std::vector<std::string>> wrongs{{"what must be 0", ""}};
    for (const auto& one : wrongs_in(done)) wrongs.push_back({one.words, std::to_string(one.value)});
    std::string blows;
    for (const auto kind : all_kinds())
        blows += fmt::format("{}{} {}", blows.empty() ? "" : ", ", to_string(kind), count_of(kind, done));
    auto text = fmt::format(
        "{}\n{}\nblows: {}; {:.0f} s under load, {:.0f} claims/s; seed {}\n", report::markdown_table(rows),
        report::markdown_table(wrongs), blows, seconds(done.load_took),
        static_cast<double>(done.found.acknowledged) / seconds(done.load_took), plan.seed);
    if (!done.seen.first_unexpected.empty())
        text += fmt::format("first answer that must not be: {}\n", done.seen.first_unexpected);
    for (const auto& one : done.found.explanations) text += one + '\n';
    return text;
}

std::string summary_json(const soak_plan& plan, const soak_result& done) {
    boost::json::object all{{"ended", ending_of(done)},
                            {"seed", plan.seed},
                            {"strategies", boost::json::value_from(plan.strategies)},
                            {"load_seconds", seconds(done.load_took)}};
    for (const auto& one : figures_of(done)) all[one.key] = one.value;
    boost::json::object blows;
    for (const auto kind : all_kinds()) blows[to_string(kind)] = count_of(kind, done);
    all["blows"] = std::move(blows);
    boost::json::object wrongs;
    for (const auto& one : wrongs_in(done)) wrongs[one.key] = one.value;
    all["wrong"] = std::move(wrongs);
    all["explanations"] = boost::json::value_from(done.found.explanations);
    return report::json_text(all);
}

}  // namespace dibs::soak
