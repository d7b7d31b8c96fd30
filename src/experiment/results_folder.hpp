#pragma once

#include "experiment/plan.hpp"
#include "experiment/run_record.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace dibs::experiment {

/// Where the results of one bench lie: a JSON and a k6-shaped text file per run, `summary.json` and
/// `report.md`. Every file is written whole or not at all. All throw std::filesystem::filesystem_error or
/// std::runtime_error that names the file.
class results_folder {
   public:
    /// Makes the folder. One that already has results is refused: nothing is overwritten.
    explicit results_folder(std::filesystem::path folder);

    const std::filesystem::path& path() const { return folder_; }

    void add(const run_record& run);
    void finish(const profile& ran, std::uint64_t seed, const std::vector<run_record>& runs);

   private:
    void write(const std::string& name, const std::string& text) const;

    std::filesystem::path folder_;
};

}  // namespace dibs::experiment
