#pragma once

#include "stats/run_summary.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

/// The lines `name...: values` of k6's text, aligned with one another.
namespace dibs::report {

struct k6_row {
    std::string name;  ///< as shown: `http_reqs`, `  { name:claim }`
    bool is_trend = false;
    std::vector<std::string> cells;  ///< a trend's six; else the value and what follows it
};

k6_row row_of(const stats::metric_name& name, const stats::metric_summary& metric);
k6_row counter_row(std::string name, const stats::counter_values& values, stats::unit shown_as);
k6_row rate_row(std::string name, const stats::rate_values& values);

/// What rows that stand together have in common.
class k6_alignment {
   public:
    explicit k6_alignment(std::span<const k6_row> rows);

    /// The whole line, without indentation and line end.
    std::string line(const k6_row& row) const;

   private:
    std::string trend_cells(const k6_row& row) const;
    std::string other_cells(const k6_row& row) const;

    std::size_t name_ = 0;
    std::array<std::size_t, 6> trend_{};
    std::array<std::size_t, 3> other_{};
};

}  // namespace dibs::report
