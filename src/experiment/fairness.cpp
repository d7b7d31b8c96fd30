#include "experiment/fairness.hpp"

#include "stats/histogram.hpp"

#include <algorithm>
#include <array>

namespace dibs::experiment {
namespace {

/// How many of the numbers noted so far are less than another (Fenwick, 1994).
class rank_counts {
   public:
    explicit rank_counts(std::size_t numbers) : sums_(numbers + 1) {}
    void note(std::size_t number) {
        for (std::size_t at = number + 1; at < sums_.size(); at += at & (~at + 1)) ++sums_[at];
    }
    std::uint64_t below(std::size_t number) const {
        std::uint64_t sum = 0;
        for (std::size_t at = number; at > 0; at -= at & (~at + 1)) sum += sums_[at];
        return sum;
    }

   private:
    std::vector<std::uint64_t> sums_;
};

/// By how many each claim was overtaken; `claims` in the order of their sending.
std::vector<std::uint64_t> overtakers(const std::vector<claim_times>& claims) {
    std::vector<std::chrono::nanoseconds> answers;
    for (const auto& one : claims) answers.push_back(one.answered);
    std::ranges::sort(answers);
    rank_counts issued(answers.size());
    std::vector<std::uint64_t> found(claims.size());
    for (std::size_t i = claims.size(); i-- > 0;) {
        const auto first = std::ranges::lower_bound(answers, claims[i].answered);
        const auto rank = static_cast<std::size_t>(first - answers.begin());
        found[i] = issued.below(rank);
        if (claims[i].came_of_it == grant::issued) issued.note(rank);
    }
    return found;
}

double seconds_of(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

std::vector<waits_by_arrival> waits_of(const std::vector<claim_times>& claims) {
    const auto begin = claims.front().sent;
    const auto stretch = (claims.back().sent - begin) / most_stretches + std::chrono::nanoseconds(1);
    std::array<stats::histogram, most_stretches> waits;
    for (const auto& one : claims)
        waits.at(static_cast<std::size_t>((one.sent - begin) / stretch))
            .add(std::chrono::duration<double, std::milli>(one.answered - one.sent).count());
    std::vector<waits_by_arrival> made;
    for (std::size_t i = 0; i < waits.size(); ++i)
        if (!waits[i].empty())
            made.push_back({seconds_of(begin + stretch * static_cast<long>(i)), waits[i].percentile(0.5),
                            waits[i].percentile(0.95), waits[i].max()});
    return made;
}

}  // namespace

fairness fairness_of(std::vector<claim_times> claims) {
    fairness found;
    if (claims.empty()) return found;
    std::ranges::stable_sort(claims, {}, &claim_times::sent);
    std::uint64_t overtaken = 0;
    std::uint64_t sum = 0;
    for (const auto by : overtakers(claims)) {
        if (by > 0) ++overtaken;
        sum += by;
        found.overtaken_max = std::max(found.overtaken_max, by);
    }
    const auto all = static_cast<double>(claims.size());
    found.overtaken_share = static_cast<double>(overtaken) / all;
    found.overtaken_mean = static_cast<double>(sum) / all;
    found.by_arrival = waits_of(claims);
    return found;
}

}  // namespace dibs::experiment
