#include "report/comparison/comparison_sentences.hpp"

#include "report/markdown.hpp"
#include "stats/rounds_needed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace dibs::report {
namespace {

using stats::comparison_result;

std::string counted(std::size_t count, std::string_view what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

const std::string& name_of(const comparison_result& compared, std::size_t index) {
    return compared.treatments[index].name;
}

std::string not_enough(const comparison_result& compared, std::string_view what) {
    if (compared.treatments.empty()) return "No strategy can be ranked.";
    if (compared.lacks == stats::lack::treatments)
        return fmt::format("Nothing is compared with {}: that takes two strategies.", name_of(compared, 0));
    return fmt::format(
        "{} has the lowest {}, and nobody can say whether by more than chance: that takes two complete "
        "rounds, "
        "and ten to see small differences.",
        name_of(compared, compared.order.front()), what);
}

std::string front(const comparison_result& compared, std::string_view what) {
    const auto leaders = compared.leaders();
    if (leaders.size() == 1)
        return fmt::format("{} has the lowest {}.", name_of(compared, leaders.front()), what);
    std::vector<std::string> names;
    for (const auto index : leaders) names.push_back(name_of(compared, index));
    if (leaders.size() == compared.treatments.size())
        return fmt::format("No {} is shown to be the lowest: {} cannot be told from {}.", what,
                           list_text({names.begin() + 1, names.end()}), names.front());
    return fmt::format("{} are in front and not told apart: nothing shows that one has the lowest {}.",
                       list_text(names), what);
}

std::optional<std::string> behind(const comparison_result& compared) {
    const auto best = compared.order.front();
    std::vector<std::string> ratios;
    for (const auto index : compared.order) {
        if (index == best) continue;
        const auto pair = compared.between(index, best);
        if (pair.separated)
            ratios.push_back(fmt::format("{} {:.2f} times ({:.2f} to {:.2f})", name_of(compared, index),
                                         pair.estimate, pair.confidence.lower, pair.confidence.upper));
    }
    if (ratios.empty()) return std::nullopt;
    return fmt::format(
        "Against {}: {}; all intervals of this comparison hold together with {:g} % confidence.",
        name_of(compared, best), list_text(ratios), compared.options.confidence * 100);
}

std::optional<std::string> undecided(const comparison_result& compared) {
    std::size_t pairs = 0;
    const stats::pair_result* widest =
        nullptr;  // of those apart the furthest, which is the easiest to decide
    std::optional<std::size_t> fewest;
    for (const auto& pair : compared.pairs) {
        if (pair.separated) continue;
        ++pairs;
        const auto rounds = rounds_to_separate(pair, compared);
        if (!rounds || (fewest && *fewest <= *rounds)) continue;
        fewest = rounds;
        widest = &pair;
    }
    if (pairs == 0) return std::nullopt;
    auto text = fmt::format("{} of {} not told apart", pairs, counted(compared.pairs.size(), "pair"));
    if (widest == nullptr) return text + ".";
    return fmt::format("{}; {} and {} would take about {} in all, if they differ as much as it looks.", text,
                       name_of(compared, widest->left), name_of(compared, widest->right),
                       counted(*fewest, "round"));
}

/// 7 % for 1.07, a factor of 3 for 3.
std::string as_change(double ratio) {
    if (ratio < 2) return fmt::format("{:.1f} %", 100 * (ratio - 1));
    return ratio < 1000 ? fmt::format("a factor of {:.1f}", ratio) : "a factor of over 1000";
}

std::string chance(const comparison_result& compared) {
    auto text = fmt::format(
        "A run strays by {}: of identical strategies, two would differ by up to {} by chance, and the "
        "furthest of {} by up to {}",
        as_change(std::exp(compared.deviation)), as_change(compared.chance->one_pair),
        compared.treatments.size(), as_change(compared.chance->any_pair));
    if (const auto rounds = rounds_to_see(1.1, compared))
        text += fmt::format("; to see a difference of 10 % takes about {}", counted(*rounds, "round"));
    return text + ".";
}

/// What ranks see and the intervals do not.
std::optional<std::string> behind_by_ranks(const comparison_result& compared) {
    if (!compared.ranks) return std::nullopt;
    std::vector<std::string> found;
    for (auto one = compared.order.rbegin(); one != compared.order.rend(); ++one) {
        std::vector<std::string> others;
        for (const auto other : compared.order)
            if (other != *one && compared.ranks->behind(*one, other) &&
                !compared.between(*one, other).separated)
                others.push_back(name_of(compared, other));
        if (!others.empty())
            found.push_back(fmt::format("{} is behind {}", name_of(compared, *one), list_text(others)));
    }
    if (found.empty()) return std::nullopt;
    return fmt::format(
        "By ranks within the rounds, though, which one disturbed run hardly moves, {} (with {:g} % "
        "confidence in all of it).",
        list_text(found), compared.options.confidence * 100);
}

void add_caveats(const comparison_result& compared, std::vector<std::string>& to) {
    if (compared.noise == stats::spread::own)
        to.emplace_back(
            "The strategies' noise differs, so each pair's interval is from its own runs; the figures for "
            "chance are an average.");
    if (compared.noise == stats::spread::unclear)
        to.emplace_back(
            "The strategies' noise may differ, so each interval is the wider of those for common noise and "
            "for the pair's own.");
    if (compared.rounds_left_out > 0)
        to.push_back(fmt::format("{} left out, as a run of it is missing or measured nothing.",
                                 counted(compared.rounds_left_out, "round")));
    if (compared.rounds == 0)
        to.emplace_back(
            "The runs were not taken in rounds: it is assumed that nothing but the strategy changed between "
            "them, which they themselves cannot show.");
    if (compared.drift && compared.drift->seen)
        to.push_back(fmt::format(
            "Over the rounds the figures moved by a factor of {:.2f} ({:.2f} to {:.2f}) from first to last; "
            "comparing within rounds takes that out.",
            compared.drift->estimate, compared.drift->confidence.lower, compared.drift->confidence.upper));
}

}  // namespace

std::vector<std::string> comparison_sentences(const comparison_result& compared,
                                              const std::vector<strategy_wrongs>& wrong,
                                              std::string_view what) {
    std::vector<std::string> said;
    said.push_back(compared.enough() ? front(compared, what) : not_enough(compared, what));
    for (const auto& [name, counts] : wrong)
        if (!qualifies(counts))
            said.push_back(fmt::format("{} is disqualified, however fast: {}.", name, describe(counts)));
    if (compared.enough()) {
        if (auto text = behind(compared)) said.push_back(std::move(*text));
        if (auto text = behind_by_ranks(compared)) said.push_back(std::move(*text));
        if (auto text = undecided(compared)) said.push_back(std::move(*text));
        said.push_back(chance(compared));
        add_caveats(compared, said);
    }
    return said;
}

}  // namespace dibs::report
