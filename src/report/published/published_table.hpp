#pragma once

#include "report/runs.hpp"
#include "stats/ranking.hpp"
#include "stats/sample.hpp"

#include <optional>
#include <string>
#include <vector>

namespace dibs::report {

enum class language { english, korean };

/// A mean and how sure it is. Spread and interval do not exist for a single run.
struct estimate {
    std::size_t n = 0;
    double mean = 0;
    std::optional<double> deviation;  ///< of the sample, with n − 1
    std::optional<stats::interval> confidence;
};

struct strategy_estimates {
    std::string strategy;
    estimate success_pct;
    estimate duration_s;
};

/// The table of the published experiment: a strategy's success rate and p95, with Student-t intervals from
/// the exact quantile. (The published script took 2.776 for the quantile of four degrees of freedom, which
/// shows in one cell: the lower bound of queue's success rate is 88.28 there, and 88.27 here.)
class published_table {
   public:
    /// `confidence` lies between 0 and 1, both excluded.
    published_table(const run_collection& runs, double confidence);

    const std::vector<strategy_estimates>& rows() const { return rows_; }
    double confidence() const { return confidence_; }
    /// Best first; what prints alike at two decimals shares a place.
    std::vector<stats::place> by_success() const;
    std::vector<stats::place> by_duration() const;

   private:
    std::vector<strategy_estimates> rows_;
    double confidence_;
};

/// Heading, table and both rankings as published: `## 통계 분석 결과 (95% 신뢰구간)` and on.
std::string table_markdown(const published_table& table, language in);

/// `strategy,metric,n,mean,sd,ci_lower,ci_upper`, two decimals, what does not exist left empty.
std::string table_csv(const published_table& table);

/// All digits; what does not exist is null.
std::string table_json(const published_table& table);

}  // namespace dibs::report
