#include "experiment/results_folder.hpp"

#include "report/bench_report.hpp"
#include "report/json_text.hpp"
#include "report/k6_json.hpp"
#include "report/k6_text.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <stdexcept>
#include <utility>

namespace dibs::experiment {
namespace {

std::string file_of(const run_record& run) { return fmt::format("round-{:02}-{}", run.round, run.strategy); }

boost::json::object summary_of(const profile& ran, std::uint64_t seed, const std::vector<run_record>& runs) {
    boost::json::object strategies;
    for (const auto& run : runs) {
        auto& entry = strategies[run.strategy];
        if (entry.is_null()) entry = boost::json::object{{"runs", boost::json::array()}};
        entry.as_object()["runs"].as_array().push_back(summary_of(run));
    }
    return {{"profile", ran.name}, {"seed", seed}, {"strategies", strategies}};
}

std::string document_of(const profile& ran, std::uint64_t seed, const std::vector<run_record>& runs) {
    report::bench_document document;
    document.remarks.push_back(
        fmt::format("Profile {}, {} rounds, seed {}; two service processes.", ran.name, ran.rounds, seed));
    document.remarks.push_back(describe_books(runs));
    for (const auto& run : runs) {
        auto at = std::find_if(document.strategies.begin(), document.strategies.end(),
                               [&](const auto& texts) { return texts.strategy == run.strategy; });
        if (at == document.strategies.end()) at = document.strategies.insert(at, {run.strategy, {}});
        at->runs.push_back(report::k6_text(run.load.summary));
    }
    return report::bench_report(document);
}

}  // namespace

results_folder::results_folder(std::filesystem::path folder) : folder_(std::move(folder)) {
    std::filesystem::create_directories(folder_);
    if (!std::filesystem::is_empty(folder_))
        throw std::runtime_error(fmt::format("{} is not empty; give --out a new folder", folder_.native()));
}

void results_folder::add(const run_record& run) {
    write(file_of(run) + ".json", report::json_text(report::run_json(run.load.summary, details_of(run))));
    write(file_of(run) + ".txt", report::k6_text(run.load.summary));
}

void results_folder::finish(const profile& ran, std::uint64_t seed, const std::vector<run_record>& runs) {
    write("report.md", document_of(ran, seed, runs));
    write("summary.json", report::json_text(summary_of(ran, seed, runs)));
}

void results_folder::write(const std::string& name, const std::string& text) const {
    const auto target = folder_ / name;
    const auto unfinished = folder_ / ("." + name + ".unfinished");
    std::ofstream file(unfinished, std::ios::binary);
    file << text;
    file.close();
    if (!file) throw std::runtime_error(fmt::format("{}: cannot be written", target.native()));
    std::filesystem::rename(unfinished, target);
}

}  // namespace dibs::experiment
