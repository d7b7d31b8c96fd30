#include "experiment/results_folder.hpp"

#include "core/atomic_file.hpp"
#include "core/file_text.hpp"
#include "report/comparison/comparison_table.hpp"
#include "report/json_text.hpp"
#include "report/k6/k6_json.hpp"
#include "report/k6/k6_text.hpp"
#include "report/published/bench_report.hpp"
#include "report/results.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

namespace dibs::experiment {
namespace {

constexpr const char* summary_file = "summary.json";

std::string file_of(int round, const std::string& strategy) {
    return fmt::format("round-{:02}-{}", round, strategy);
}

}  // namespace

results_folder results_folder::make(std::filesystem::path folder) {
    std::filesystem::create_directories(folder);
    if (!std::filesystem::is_empty(folder))
        throw std::runtime_error(
            fmt::format("{} is not empty; give --out a new folder, or go on with what is there by --resume",
                        folder.native()));
    return results_folder(std::move(folder));
}

results_folder results_folder::open(std::filesystem::path folder) {
    if (!std::filesystem::exists(folder / summary_file))
        throw std::runtime_error(
            fmt::format("{}: there is no {} in it: give --resume a folder that dibs bench has written",
                        folder.native(), summary_file));
    return results_folder(std::move(folder));
}

bench_outline results_folder::read_outline() const try {
    return bench_outline_from(read(summary_file));
} catch (const std::runtime_error& wrong) {
    throw std::runtime_error(fmt::format("{}: {}", (folder_ / summary_file).native(), wrong.what()));
}

void results_folder::write(const bench_outline& bench) const {
    write(summary_file, report::json_text(json_of(bench)));
}

void results_folder::add(const run_record& run, bench_outline& bench) const {
    const auto name = file_of(run.plan.round, run.plan.strategy);
    write(name + ".json", report::json_text(report::run_json(run.load.summary, details_of(run))));
    write(name + ".txt", report::k6_text(run.load.summary));
    bench.runs.push_back(run.outline());
    if (bench.scenario.empty()) bench.scenario = run.scenario;
    write(bench);
}

std::string results_folder::comparison() const {
    const auto read = report::read_results({{folder_, std::nullopt}});
    return report::comparison_markdown(report::compare_runs(read.runs, report::compared_metric::claims));
}

std::string results_folder::write_report(const bench_outline& bench) const {
    if (bench.runs.empty()) return {};
    report::bench_document document;
    document.remarks.push_back(
        fmt::format("Profile {}, {} rounds, seed {}; {} service processes. {}, {} cores; {}", bench.ran.name,
                    bench.ran.rounds, bench.seed, bench.processes, bench.on.cpu, bench.on.cores,
                    bench.finished() ? "all runs were made."
                                     : fmt::format("{} runs are missing.", bench.missing().size())));
    document.remarks.push_back(describe_books(bench.runs));
    for (const auto& run : bench.runs) {
        auto at = std::ranges::find(document.strategies, run.strategy, &report::strategy_texts::strategy);
        if (at == document.strategies.end()) at = document.strategies.insert(at, {run.strategy, {}});
        at->runs.push_back(read(file_of(run.round, run.strategy) + ".txt"));
    }
    document.comparison = comparison();
    write("report.md", report::bench_report(document));
    return document.comparison;
}

void results_folder::write(const std::string& name, const std::string& text) const {
    atomic_file(folder_ / name).keep(text);
}

std::string results_folder::read(const std::string& name) const {
    auto text = file_text(folder_ / name).value_or("");
    if (text.empty()) throw std::runtime_error(fmt::format("{}: cannot be read", (folder_ / name).native()));
    return text;
}

}  // namespace dibs::experiment
