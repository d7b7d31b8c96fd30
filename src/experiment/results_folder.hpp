#pragma once

#include "experiment/bench_outline.hpp"
#include "experiment/run_record.hpp"

#include <filesystem>
#include <string>
#include <utility>

namespace dibs::experiment {

/// Where the results of one bench lie: a JSON and a k6-shaped text file per run, `summary.json` and
/// `report.md`. Every file is written whole or not at all, and a run is in `summary.json` only after its own
/// files are there. All throw std::filesystem::filesystem_error or std::runtime_error that names the file.
class results_folder {
   public:
    /// Makes the folder. One that already has results is refused: nothing is overwritten.
    static results_folder make(std::filesystem::path folder);
    /// One that a bench wrote and another is to go on with.
    static results_folder open(std::filesystem::path folder);

    const std::filesystem::path& path() const { return folder_; }

    bench_outline read_outline() const;
    void write(const bench_outline& bench) const;
    /// Adds the run to `bench` as well.
    void add(const run_record& run, bench_outline& bench) const;
    /// report.md of the runs that there are; none: none is written. Returns what they tell apart, as
    /// Markdown: ties, intervals, who is disqualified.
    std::string write_report(const bench_outline& bench) const;

   private:
    explicit results_folder(std::filesystem::path folder) : folder_(std::move(folder)) {}
    std::string comparison() const;
    void write(const std::string& name, const std::string& text) const;
    std::string read(const std::string& name) const;

    std::filesystem::path folder_;
};

}  // namespace dibs::experiment
