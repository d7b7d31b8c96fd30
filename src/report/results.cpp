#include "report/results.hpp"

#include "report/run_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>
#include <utility>

namespace dibs::report {
namespace {

namespace fs = std::filesystem;

std::ifstream open(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw unreadable(path.native(), "cannot be opened: " + std::generic_category().message(errno));
    return file;
}

/// Returns what was odd.
std::vector<std::string> read_file(const result_source& source, const run_taker& take) {
    auto file = open(source.path);
    const log_origin origin{source.path.native(), source.strategy};
    if (file.peek() != '{') return read_k6_text(file, origin, take);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    for (auto& run : read_run_json(text, origin)) take(std::move(run));
    return {};
}

/// What a folder may hold beside runs; summary.json repeats their figures.
constexpr std::array<std::string_view, 5> other_files{"summary.json", "capacity.json", "claims.json",
                                                      "measure.json", "torture.json"};

/// Its runs' JSON files, sorted.
std::vector<fs::path> run_files(const fs::path& folder) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file() && entry.path().extension() == ".json" &&
            std::find(other_files.begin(), other_files.end(), entry.path().filename().native()) ==
                other_files.end())
            files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    if (files.empty())
        throw unreadable(
            folder.native(),
            "no run's JSON file in this folder; name a folder that dibs bench wrote, or the text "
            "files themselves");
    return files;
}

}  // namespace

std::vector<std::string> read_runs(const std::vector<result_source>& sources, const run_taker& take) {
    std::vector<std::string> notes;
    const auto read = [&](const result_source& source) {
        const auto odd = read_file(source, take);
        notes.insert(notes.end(), odd.begin(), odd.end());
    };
    for (const auto& source : sources) {
        if (!fs::is_directory(source.path)) {
            read(source);
            continue;
        }
        for (const auto& file : run_files(source.path)) read({file, source.strategy});
    }
    return notes;
}

results read_results(const std::vector<result_source>& sources) {
    results read;
    read.notes = read_runs(sources, [&](single_run&& run) { read.runs.push_back(std::move(run)); });
    return read;
}

}  // namespace dibs::report
