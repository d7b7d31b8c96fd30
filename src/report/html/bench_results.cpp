#include "report/html/bench_results.hpp"

#include "core/file_text.hpp"
#include "report/histogram_json.hpp"
#include "report/html/json_reading.hpp"
#include "report/runs.hpp"
#include "report/strategy_names.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace dibs::report::html {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

json::value parsed_file(const fs::path& path) {
    const auto text = file_text(path);
    if (!text) throw unreadable(path.native(), "cannot be read");
    json::error_code failed;
    auto read = json::parse(*text, failed);
    if (failed)
        throw unreadable(path.native(),
                         fmt::format("is not JSON ({}): the file is truncated or damaged", failed.message()));
    return read;
}

json::value parsed_if_there(const fs::path& path) {
    return fs::exists(path) ? parsed_file(path) : json::value();
}

bench_run read_run(const fs::path& folder, const std::string& strategy, const json::value& listed,
                   std::vector<std::string>& notes) {
    bench_run run;
    run.round = static_cast<int>(count_at(listed, "/round"));
    run.position = static_cast<int>(count_at(listed, "/position"));
    run.listed = listed;
    const auto name = fmt::format("round-{:02}-{}.json", run.round, strategy);
    if (fs::path(name).filename() == name) run.file = parsed_if_there(folder / name);
    if (run.file.is_null()) notes.push_back(fmt::format("{} is missing: its run has no distributions", name));
    return run;
}

bench_strategy read_strategy(const fs::path& folder, std::string name, const json::value& entry,
                             std::vector<std::string>& notes) {
    bench_strategy read{std::move(name), {}};
    for (const auto& listed : list_at(entry, "/runs"))
        read.runs.push_back(read_run(folder, read.name, listed, notes));
    std::ranges::stable_sort(read.runs, {}, &bench_run::round);
    return read;
}

}  // namespace

std::size_t bench_results::rounds() const {
    std::size_t most = 0;
    for (const auto& one : strategies) most = std::max(most, one.runs.size());
    return most;
}

bool bench_results::is_old() const { return count_at(summary, "/format") < 2; }

bench_results read_bench(const fs::path& folder) {
    if (!fs::is_directory(folder))
        throw unreadable(folder.native(), "is no folder; name one that `dibs bench --out` wrote");
    bench_results read;
    read.capacity = parsed_if_there(folder / "capacity.json");
    read.measure = parsed_if_there(folder / "measure.json");
    read.claims = parsed_if_there(folder / "claims.json");
    read.torture = parsed_if_there(folder / "torture.json");
    read.summary = parsed_if_there(folder / "summary.json");
    for (const auto& [name, entry] : object_at(read.summary, "/strategies")) {
        auto one = read_strategy(folder, name, entry, read.notes);
        if (!one.runs.empty()) read.strategies.push_back(std::move(one));
    }
    if (read.strategies.empty() && read.capacity.is_null() && read.measure.is_null() &&
        read.claims.is_null() && read.torture.is_null())
        throw unreadable(folder.native(),
                         "holds no results: `dibs bench --out DIR` writes them, and their summary.json once "
                         "a run is finished");
    std::ranges::stable_sort(read.strategies, {}, [](const auto& one) { return canonical_place(one.name); });
    return read;
}

std::optional<stats::histogram> merged(const bench_strategy& of, std::string_view pointer) {
    std::optional<stats::histogram> all;
    for (const auto& run : of.runs) {
        const auto* found = member_at(run.file, pointer);
        if (found == nullptr) continue;
        if (!all) all.emplace();
        try {
            all->merge(histogram_from(*found));
        } catch (const std::runtime_error& damaged) {
            throw unreadable(fmt::format("round-{:02}-{}.json", run.round, of.name),
                             fmt::format("{}{}", pointer, damaged.what()));
        }
    }
    return all;
}

double sum_at(const bench_strategy& of, std::string_view pointer) {
    double sum = 0;
    for (const auto& run : of.runs) sum += number_at(run.file, pointer).value_or(0);
    return sum;
}

std::optional<double> mean_at(const bench_strategy& of, std::string_view pointer) {
    double sum = 0;
    double count = 0;
    for (const auto& run : of.runs)
        if (const auto value = number_at(run.listed, pointer)) {
            sum += *value;
            ++count;
        }
    if (count == 0) return std::nullopt;
    return sum / count;
}

bool any_has(const bench_strategy& of, std::string_view pointer) {
    return std::ranges::any_of(of.runs,
                               [&](const auto& run) { return member_at(run.file, pointer) != nullptr; });
}

}  // namespace dibs::report::html
