#include "report/results.hpp"

#include "report/run_file.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>

namespace dibs::report {
namespace {

namespace fs = std::filesystem;

std::ifstream open(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw unreadable(path.native(), "cannot be opened: " + std::generic_category().message(errno));
    return file;
}

void read_file(const result_source& source, results& into) {
    auto file = open(source.path);
    const log_origin origin{source.path.native(), source.strategy};
    if (file.peek() == '{') {
        const std::string text(std::istreambuf_iterator<char>(file), {});
        for (const auto& run : read_run_json(text, origin)) into.runs.add(run.strategy, run.figures);
        return;
    }
    const auto log = read_k6_text(file, origin);
    for (const auto& run : log.runs()) into.runs.add(run.strategy, run.figures);
    into.notes.insert(into.notes.end(), log.notes().begin(), log.notes().end());
}

/// Its JSON files, sorted; a bench's summary.json repeats the others' figures.
std::vector<fs::path> run_files(const fs::path& folder) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file() && entry.path().extension() == ".json" &&
            entry.path().filename() != "summary.json")
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

results read_results(const std::vector<result_source>& sources) {
    results read;
    for (const auto& source : sources) {
        if (!fs::is_directory(source.path)) {
            read_file(source, read);
            continue;
        }
        for (const auto& file : run_files(source.path)) read_file({file, source.strategy}, read);
    }
    return read;
}

}  // namespace dibs::report
