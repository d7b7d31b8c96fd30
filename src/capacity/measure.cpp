#include "capacity/measure.hpp"

#include "claims_bench/books.hpp"
#include "claims_bench/issued_claims.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace dibs::capacity {
namespace {

/// Twice that is above what held, so that the next search is between the two at once.
constexpr double share_to_begin_with = 0.7;

step put_to(claims_bench::stage& on, const std::string& strategy, double rate, const measuring& how) {
    on.reset();
    auto orders = on.orders(strategy);
    orders.rate = rate;
    orders.length = how.step;
    orders.drops_late = true;
    const auto served = on.serve(orders);
    const auto& told = served.report;
    if (on.how().before_books) on.how().before_books();
    claims_bench::demand_exact(
        fmt::format("{} at {:.0f} claims/s", strategy, rate),
        claims_bench::account_of(claims_bench::read_issued(served.claims_file), on.books(), told.in_doubt));
    return judged(rate, told, how.wanted);
}

}  // namespace

strategy_capacity measure(claims_bench::stage& on, const std::string& strategy, const measuring& how,
                          const step_watcher& watch) {
    if (!on.offers(strategy))
        throw std::runtime_error(fmt::format("dibs serve does not offer the strategy {}", strategy));
    strategy_capacity found{strategy};
    auto options = how.search;
    for (std::size_t repeat = 1; repeat <= how.repeats; ++repeat) {
        search one(options);
        while (const auto rate = one.next()) {
            watch(repeat, *rate);
            found.steps.push_back(put_to(on, strategy, *rate, how));
            one.tell(found.steps.back().what);
        }
        found.repeats.push_back(one.held());
        found.at_least = found.at_least || one.is_lower_bound();
        if (one.held() > 0) options.first = share_to_begin_with * one.held();
    }
    return found;
}

}  // namespace dibs::capacity
