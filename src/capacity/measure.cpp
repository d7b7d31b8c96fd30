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
    return judged(rate, told, served.stolen_share, how.wanted);
}

}  // namespace

void demand_offered(claims_bench::stage& on, const std::vector<std::string>& strategies) {
    for (const auto& one : strategies)
        if (!on.offers(one))
            throw std::runtime_error(fmt::format("dibs serve does not offer the strategy {}", one));
}

void search_once(claims_bench::stage& on, strategy_capacity& into, const measuring& how,
                 const step_watcher& watch) {
    auto options = how.search;
    const double last = into.repeats.empty() ? 0 : into.repeats.back();
    if (last > 0) options.first = share_to_begin_with * last;
    search one(options);
    while (const auto rate = one.next()) {
        watch(*rate);
        into.steps.push_back(put_to(on, into.strategy, *rate, how));
        one.tell(into.steps.back().what);
    }
    into.repeats.push_back(one.held());
    into.at_least = into.at_least || one.is_lower_bound();
}

}  // namespace dibs::capacity
