#include "measure/figure.hpp"

#include "report/json_text.hpp"
#include "report/markdown.hpp"

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace dibs::measure {
namespace {

using samples = std::vector<sample>;

double median(const samples& of, double sample::*what) {
    std::vector<double> sorted;
    sorted.reserve(of.size());
    for (const auto& one : of) sorted.push_back(one.*what);
    std::sort(sorted.begin(), sorted.end());
    const auto middle = sorted.size() / 2;
    return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

std::optional<double> cpu_of(const samples& of) {
    const bool taken = std::any_of(of.begin(), of.end(), [](const sample& one) { return one.cpu_us > 0; });
    return taken ? std::optional(median(of, &sample::cpu_us)) : std::nullopt;
}

constexpr goal ratio_at_most(double limit) { return {goal::of::ratio, goal::bound::at_most, limit}; }
constexpr goal ratio_at_least(double limit) { return {goal::of::ratio, goal::bound::at_least, limit}; }
constexpr goal value_at_least(double limit) { return {goal::of::value, goal::bound::at_least, limit}; }
constexpr goal value_at_most(double limit) { return {goal::of::value, goal::bound::at_most, limit}; }
constexpr goal value_of(double limit) { return {goal::of::value, goal::bound::exactly, limit}; }

constexpr std::array<std::pair<std::string_view, goal>, 24> goals{{
    {"cycle_spinlock", ratio_at_most(1.1)},      {"cycle_queue", ratio_at_most(1.1)},
    {"cycle_blocking", ratio_at_most(1.8)},      {"cycle_pipelined", ratio_at_least(0.85)},
    {"handoff_remote", ratio_at_most(1.25)},     {"handoff_local", value_at_least(5'000'000)},
    {"wait_p99_queue", ratio_at_most(1.12)},     {"wait_p99_fencing", ratio_at_most(1.12)},
    {"wait_max_queue", ratio_at_most(1.25)},     {"wait_max_fencing", ratio_at_most(1.25)},
    {"jain_queue", value_at_least(0.99)},        {"jain_fencing", value_at_least(0.99)},
    {"utilisation_pubsub", value_at_least(0.9)}, {"utilisation_spinlock", value_at_least(0.75)},
    {"waiters_10000", ratio_at_least(0.9)},      {"waiters_10000_cancelled", ratio_at_least(0.8)},
    {"bytes_per_waiter", value_at_most(4096)},   {"redlock_cycle", ratio_at_most(1.3)},
    {"redlock_one_hung", ratio_at_most(1.3)},    {"redlock_two_hung", ratio_at_most(1.3)},
    {"redlock_two_dead", ratio_at_most(1.3)},    {"redlock_two_black_holed", ratio_at_most(1.3)},
    {"commands_per_cycle", value_of(2)},         {"commands_per_cycle_redlock", value_of(2)},
}};

std::string number(double value) {
    if (value >= 10'000) return fmt::format("{:.0f}", value);
    return fmt::format("{:.{}f}", value, value >= 100 ? 0 : value >= 10 ? 1 : 3);
}

std::string number(std::optional<double> value) { return value ? number(*value) : "-"; }

boost::json::value json_of(std::optional<double> value) {
    return value ? boost::json::value(*value) : boost::json::value();
}

std::string verdict(const figure& of) {
    const auto wanted = goal_of(of.name);
    if (!wanted) return "-";
    return wanted->text() + (wanted->met_by(of) ? " met" : " MISSED");
}

}  // namespace

double figure::value() const { return median(values, &sample::value); }

std::optional<double> figure::floor() const {
    return floors.empty() ? std::nullopt : std::optional(median(floors, &sample::value));
}

std::optional<double> figure::ratio() const {
    const auto under = floor();
    return under ? std::optional(value() / *under) : std::nullopt;
}

double figure::spread() const {
    const auto [least, most] = std::minmax_element(
        values.begin(), values.end(), [](const sample& a, const sample& b) { return a.value < b.value; });
    return (most->value - least->value) / value();
}

std::optional<double> figure::cpu_us() const { return cpu_of(values); }
std::optional<double> figure::floor_cpu_us() const { return cpu_of(floors); }

bool goal::met_by(const figure& found) const {
    const double reached = what == of::value ? found.value() : found.ratio().value();
    switch (how) {
        case bound::at_most: return reached <= limit;
        case bound::at_least: return reached >= limit;
        case bound::exactly: break;
    }
    return reached == limit;
}

std::string goal::text() const {
    const auto* const relation = how == bound::at_most ? "≤" : how == bound::at_least ? "≥" : "=";
    return fmt::format("{} {} {}", what == of::value ? "value" : "ratio", relation, limit);
}

std::optional<goal> goal_of(std::string_view figure_name) {
    const auto* const found =
        std::find_if(goals.begin(), goals.end(), [&](const auto& one) { return one.first == figure_name; });
    return found == goals.end() ? std::nullopt : std::optional(found->second);
}

std::string disturbance_note(const std::vector<figure>& figures) {
    std::string again;
    std::string kept;
    const auto list = [](std::string& into, const std::string& name, std::size_t count) {
        if (count > 0) into += fmt::format("{}{} {}", into.empty() ? "" : ", ", name, count);
    };
    for (const auto& one : figures) {
        list(again, one.name, one.disturbed.again);
        list(kept, one.name, one.disturbed.kept);
    }
    if (again.empty()) return "";
    auto text = fmt::format(
        "\nRepeats taken again because the machine's host took more than {:.0f} % of the processors "
        "meanwhile: {}.",
        100 * disturbing_share, again);
    if (!kept.empty()) text += fmt::format(" Disturbed, and kept: {}.", kept);
    return text + "\n";
}

std::string table(const std::vector<figure>& figures) {
    std::vector<std::vector<std::string>> rows{
        {"figure", "unit", "value", "floor", "ratio", "spread", "CPU µs", "floor's CPU µs", "goal"}};
    for (const auto& one : figures)
        rows.push_back({one.name, one.unit, number(one.value()), number(one.floor()), number(one.ratio()),
                        fmt::format("{:.0f} %", 100 * one.spread()), number(one.cpu_us()),
                        number(one.floor_cpu_us()), verdict(one)});
    return report::markdown_table(rows) + disturbance_note(figures);
}

std::string json(const std::vector<figure>& figures) {
    boost::json::object metrics;
    for (const auto& one : figures) {
        boost::json::object line{{"value", one.value()},
                                 {"floor", json_of(one.floor())},
                                 {"ratio", json_of(one.ratio())},
                                 {"unit", one.unit},
                                 {"repeats", one.values.size()},
                                 {"spread", one.spread()},
                                 {"cpu_us", json_of(one.cpu_us())},
                                 {"floor_cpu_us", json_of(one.floor_cpu_us())},
                                 {"taken_again", one.disturbed.again},
                                 {"disturbed", one.disturbed.kept}};
        if (const auto wanted = goal_of(one.name)) {
            line["goal"] = wanted->text();
            line["met"] = wanted->met_by(one);
        }
        metrics[one.name] = std::move(line);
    }
    return report::json_text(boost::json::object{{"metrics", std::move(metrics)}});
}

}  // namespace dibs::measure
