#include "claims_bench/books.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <stdexcept>

namespace dibs::claims_bench {
namespace {

std::vector<load::acknowledged_claim> as_load_tells(const std::vector<issued_claim>& claims) {
    std::vector<load::acknowledged_claim> all;
    all.reserve(claims.size());
    for (const auto& one : claims) all.push_back({std::to_string(one.id), std::to_string(one.request)});
    return all;
}

}  // namespace

experiment::account account_of(const std::vector<issued_claim>& acknowledged, const coupon::ledger& held,
                               std::uint64_t in_doubt) {
    return experiment::reconcile(as_load_tells(acknowledged), in_doubt, held);
}

void demand_exact(std::string_view figure, const experiment::account& books) {
    if (books.exact()) return;
    throw std::runtime_error(
        fmt::format("{}: the database does not hold what was acknowledged: {} claims acknowledged, {} held; "
                    "oversold {}, twice {}, lost {}, unexplained {}, miscounted {}",
                    figure, books.acknowledged, books.in_database, books.oversold, books.duplicates,
                    books.lost, books.unexplained, books.miscounted));
}

void check_books(std::string_view figure, const load_report& told,
                 const std::vector<issued_claim>& acknowledged, const coupon::ledger& held) {
    if (told.answered(201) != told.sent || acknowledged.size() != told.sent)
        throw std::runtime_error(
            fmt::format("{}: of {} claims, {} were acknowledged; answers by status: {}; {}", figure,
                        told.sent, acknowledged.size(), told.statuses, told.surprise));
    demand_exact(figure, account_of(acknowledged, held));
}

}  // namespace dibs::claims_bench
