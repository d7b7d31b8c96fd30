#include "claims_bench/figure.hpp"

#include "report/json_text.hpp"
#include "report/markdown.hpp"

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace dibs::claims_bench {
namespace {

using measure::goal;
using table_rows = std::vector<std::vector<std::string>>;

constexpr goal ratio_from(double limit) { return {goal::of::ratio, goal::bound::at_least, limit}; }
constexpr goal value_from(double limit) { return {goal::of::value, goal::bound::at_least, limit}; }
constexpr goal value_up_to(double limit) { return {goal::of::value, goal::bound::at_most, limit}; }
constexpr goal value_exactly(double limit) { return {goal::of::value, goal::bound::exactly, limit}; }

constexpr std::array<std::pair<std::string_view, goal>, 9> goals{{
    {"claims_cas", ratio_from(0.9)},
    {"claims_database", ratio_from(0.7)},
    {"claims_queue", ratio_from(0.7)},
    {"claims_fencing", ratio_from(0.7)},
    {"claims_batch", value_from(40'000)},
    {"claims_batch_p99", value_up_to(3)},
    {"claims_sold_out", ratio_from(0.5)},
    {"waiting_10000", value_exactly(0)},
    {"waiting_10000_kib", value_up_to(20)},
}};

std::string number(double value) {
    if (value >= 1'000) return fmt::format("{:.0f}", value);
    return fmt::format("{:.{}f}", value, value >= 100 ? 0 : value >= 10 ? 1 : 2);
}

std::string number(std::optional<double> value) { return value ? number(*value) : "-"; }

std::string verdict(const figure& of) {
    const auto wanted = goal_of(of.name);
    if (!wanted) return "-";
    if (of.absent()) return wanted->text();
    return wanted->text() + (wanted->met_by(of.medians()) ? " met" : " MISSED");
}

std::vector<std::string> line(const figure& of) {
    if (of.absent()) return {of.name, of.unit, "absent", "-", "-", "-", verdict(of)};
    const auto found = of.medians();
    return {of.name,
            of.unit,
            number(found.value()),
            number(found.floor()),
            number(found.ratio()),
            fmt::format("{:.0f} %", found.value() == 0 ? 0 : 100 * found.spread()),
            verdict(of)};
}

std::vector<std::string> cpu_line(const std::string& name, const std::vector<sample>& samples) {
    const auto used = figure::cpu_of(samples);
    return {name,
            number(used.generator),
            number(used.service),
            number(used.postgres),
            number(used.redis),
            number(used.sum())};
}

bool has_cpu(const std::vector<sample>& samples) {
    return std::ranges::any_of(samples, [](const sample& one) { return one.cpu.sum() > 0; });
}

std::string cpu_table(const std::vector<figure>& figures) {
    table_rows lines{{"CPU, us an operation", "generator", "service", "postgres", "redis", "sum"}};
    for (const auto& one : figures) {
        if (has_cpu(one.values)) lines.push_back(cpu_line(one.name, one.values));
        if (has_cpu(one.floors)) lines.push_back(cpu_line(one.name + ", floor", one.floors));
    }
    return lines.size() == 1 ? "" : "\n" + report::markdown_table(lines);
}

std::string details_text(const std::vector<figure>& figures) {
    std::string text;
    for (const auto& one : figures) {
        if (one.details.empty()) continue;
        text += fmt::format("\n{}:", one.name);
        for (const auto& [what, value] : one.details) text += fmt::format(" {} {};", what, number(value));
        text.back() = '\n';
    }
    return text;
}

boost::json::object json_of(const cpu_split& used) {
    return {{"generator", used.generator},
            {"service", used.service},
            {"postgres", used.postgres},
            {"redis", used.redis}};
}

boost::json::value json_of(std::optional<double> value) {
    return value ? boost::json::value(*value) : boost::json::value();
}

boost::json::object json_line(const figure& of) {
    boost::json::object line{{"value", nullptr},
                             {"floor", nullptr},
                             {"ratio", nullptr},
                             {"unit", of.unit},
                             {"absent", of.absent()}};
    const auto wanted = goal_of(of.name);
    if (wanted) line["goal"] = wanted->text();
    if (of.absent()) return line;
    const auto found = of.medians();
    line["value"] = found.value();
    line["floor"] = json_of(found.floor());
    line["ratio"] = json_of(found.ratio());
    line["repeats"] = of.values.size();
    line["taken_again"] = of.disturbed.again;
    line["disturbed"] = of.disturbed.kept;
    if (found.value() != 0) line["spread"] = found.spread();
    if (wanted) line["met"] = wanted->met_by(found);
    if (has_cpu(of.values)) line["cpu_us"] = json_of(figure::cpu_of(of.values));
    if (has_cpu(of.floors)) line["floor_cpu_us"] = json_of(figure::cpu_of(of.floors));
    for (const auto& [what, value] : of.details) line[what] = value;
    return line;
}

}  // namespace

measure::figure figure::medians() const {
    measure::figure made{name, unit, {}, {}, disturbed};
    for (const auto& one : values) made.values.push_back({one.value, one.cpu.sum()});
    for (const auto& one : floors) made.floors.push_back({one.value, one.cpu.sum()});
    return made;
}

cpu_split figure::cpu_of(const std::vector<sample>& samples) {
    const auto part = [&](double cpu_split::*which) {
        measure::figure one{{}, {}, {}};
        for (const auto& each : samples) one.values.push_back({each.cpu.*which, 0});
        return one.value();
    };
    return {part(&cpu_split::generator), part(&cpu_split::service), part(&cpu_split::postgres),
            part(&cpu_split::redis)};
}

details_list figure::details_of(const std::vector<sample>& samples) {
    details_list found;
    for (std::size_t i = 0; !samples.empty() && i < samples.front().details.size(); ++i) {
        measure::figure one{{}, {}, {}};
        for (const auto& each : samples) one.values.push_back({each.details.at(i).second, 0});
        found.emplace_back(samples.front().details[i].first, one.value());
    }
    return found;
}

std::optional<goal> goal_of(std::string_view figure_name) {
    const auto* const found =
        std::ranges::find_if(goals, [&](const auto& one) { return one.first == figure_name; });
    return found == goals.end() ? std::nullopt : std::optional(found->second);
}

std::string table(const std::vector<figure>& figures) {
    table_rows lines{{"figure", "unit", "value", "floor", "ratio", "spread", "goal"}};
    std::vector<measure::figure> medians;
    for (const auto& one : figures) {
        lines.push_back(line(one));
        medians.push_back(one.medians());
    }
    return report::markdown_table(lines) + measure::disturbance_note(medians) + cpu_table(figures) +
           details_text(figures);
}

std::string json(const std::vector<figure>& figures) {
    boost::json::object metrics;
    for (const auto& one : figures) metrics[one.name] = json_line(one);
    return report::json_text(boost::json::object{{"metrics", std::move(metrics)}});
}

}  // namespace dibs::claims_bench
