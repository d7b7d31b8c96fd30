#include "report/html/json_reading.hpp"
#include "report/html/numbers.hpp"
#include "report/html/sections.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace dibs::report::html {
namespace {

namespace json = boost::json;

constexpr std::array<std::pair<std::string_view, std::string_view>, 15> origin_lines{
    {{"/command", "Command"},
     {"/profile", "Profile"},
     {"/seed", "Seed"},
     {"/started", "Started"},
     {"/finished", "Finished"},
     {"/version", "dibs"},
     {"/service/processes", "Service processes"},
     {"/machine/cpu", "Processor"},
     {"/machine/cores", "Cores"},
     {"/machine/memory_mib", "Memory (MiB)"},
     {"/machine/os", "System"},
     {"/machine/kernel", "Kernel"},
     {"/machine/redis", "Redis"},
     {"/machine/postgresql", "PostgreSQL"},
     {"/machine/compiler", "Compiler"}}};

std::string stages_text(const json::value& scenario) {
    std::vector<std::string> stages;
    for (const auto& stage : list_at(scenario, "/stages"))
        stages.push_back(fmt::format("{} s to {}", text_at(stage, "/seconds"), text_at(stage, "/target")));
    if (stages.empty()) return {};
    return fmt::format("from {}: {}", counted(number_at(scenario, "/start_vus").value_or(0), "user"),
                       list_text(stages));
}

std::string order_text(const json::array& rounds) {
    std::vector<std::string> lines;
    for (const auto& round : rounds) {
        std::vector<std::string> names;
        for (const auto& name : round.is_array() ? round.get_array() : json::array())
            if (name.is_string()) names.emplace_back(name.get_string());
        lines.push_back(fmt::format("{}", fmt::join(names, " ")));
    }
    return fmt::format("{}", fmt::join(lines, "; "));
}

}  // namespace

section origin_section(const bench_results& of) {
    section made{"origin", "How this was made"};
    const auto& from = of.strategies.empty() ? of.capacity : of.summary;
    table lines{"Command, versions and machine", {{"What", "Value"}}, false};
    const auto add = [&](std::string_view what, std::string value) {
        if (!value.empty()) lines.rows.push_back({std::string(what), std::move(value)});
    };
    for (const auto& [pointer, what] : origin_lines) add(what, text_at(from, pointer));
    add("Load",
        stages_text(object_at(from, "/scenario").empty() ? json::value() : *member_at(from, "/scenario")));
    add("Rounds", of.strategies.empty() ? "" : count_text(static_cast<double>(of.rounds())));
    add("Order", order_text(list_at(from, "/order")));
    made.tables.push_back(std::move(lines));
    made.paragraphs = of.notes;
    return made;
}

}  // namespace dibs::report::html
