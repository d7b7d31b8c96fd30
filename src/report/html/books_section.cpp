#include "report/html/json_reading.hpp"
#include "report/html/numbers.hpp"
#include "report/html/sections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace dibs::report::html {
namespace {

/// A figure of the books of the load and of the sell-out together.
double in_books(const bench_strategy& of, std::string_view name) {
    return sum_at(of, fmt::format("/dibs/reconciliation/{}", name)) +
           sum_at(of, fmt::format("/dibs/sell_out/reconciliation/{}", name));
}

constexpr std::array<const char*, 5> must_be_zero{"oversold", "duplicates", "lost", "unexplained",
                                                  "miscounted"};

std::vector<std::string> books_row(const bench_strategy& of) {
    const double stock = sum_at(of, "/dibs/sell_out/reconciliation/stock");
    const double sold = sum_at(of, "/dibs/sell_out/issued");
    const bool exact =
        std::ranges::all_of(must_be_zero, [&](const char* name) { return in_books(of, name) == 0; });
    std::vector<std::string> row{of.name, exact && sold == stock ? "exact" : "NOT exact",
                                 count_text(in_books(of, "acknowledged")),
                                 count_text(in_books(of, "in_database"))};
    for (const auto* name : must_be_zero) row.push_back(count_text(in_books(of, name)));
    row.push_back(count_text(in_books(of, "conflicts")));
    row.push_back(fmt::format("{} of {}", count_text(sold), count_text(stock)));
    return row;
}

}  // namespace

section books_section(const bench_results& of) {
    section made{"books", "What clients were told, and what the database holds"};
    table books{"Claims over all rounds, with the sell-out that follows each run",
                {{"Strategy", "Books", "Acknowledged", "In the database", "Oversold", "Duplicates", "Lost",
                  "Unexplained", "Miscounted", "Conflicts", "Sold out at"}}};
    for (const auto& one : of.strategies)
        if (any_has(one, "/dibs/reconciliation")) books.rows.push_back(books_row(one));
    if (books.rows.size() == 1) {
        made.missing = "No reconciliation in this folder: its runs' files are missing.";
        return made;
    }
    made.tables.push_back(std::move(books));
    made.paragraphs.emplace_back(
        "Oversold: issued beyond the stock. Lost: acknowledged, and not in the database. A conflict is a "
        "write that the "
        "database's own guards refused as another one came first; it harms no data. Under a lock it says "
        "that the lock let "
        "two in; `cas` has no lock and may have conflicts.");
    return made;
}

}  // namespace dibs::report::html
