#include "locks/inspection.hpp"
#include "postgres/failure.hpp"
#include "postgres/pool.hpp"

#include <fmt/format.h>

#include <charconv>
#include <string>
#include <utility>

namespace dibs::locks {
namespace {

// The holder's transaction has changed its lock's row: it is that version's xmax, and its session bears owner
// and token as its name. The first to wait for it waits for the transaction, the others for the row.
constexpr postgres::statement look{"dibs_lock_look", R"sql(
    WITH held AS (
        SELECT l.name, a.pid, a.application_name AS holder, l.ctid, l.xmax
        FROM dibs_locks l JOIN pg_stat_activity a ON a.backend_xid = l.xmax)
    SELECT h.name, h.pid, split_part(h.holder, ' ', 1), split_part(h.holder, ' ', 2),
           (SELECT count(*) FROM pg_locks w
            WHERE NOT w.granted AND (w.locktype = 'transactionid' AND w.transactionid = h.xmax OR
                                     w.locktype = 'tuple' AND w.relation = 'dibs_locks'::regclass AND
                                     '(' || w.page || ',' || w.tuple || ')' = h.ctid::text))
    FROM held h ORDER BY h.name)sql"};

constexpr postgres::statement end_holder{"dibs_lock_break", R"sql(
    SELECT l.name, a.pid, split_part(a.application_name, ' ', 1), split_part(a.application_name, ' ', 2),
           pg_terminate_backend(a.pid)
    FROM dibs_locks l JOIN pg_stat_activity a ON a.backend_xid = l.xmax
    WHERE l.name = $1)sql"};

task<postgres::result> ask(postgres::pool& pool, const postgres::statement& what, postgres::params with,
                           deadline until) {
    try {
        co_return co_await pool.execute(what, std::move(with), until);
    } catch (const postgres::failure& refused) {
        if (refused.sqlstate() != postgres::undefined_table) throw;
    }
    co_return postgres::result();  // nobody has locked anything here yet
}

enum column { name, pid, owner, token, waiting };

std::string holder_in(const postgres::result& rows, int row) {
    return fmt::format("{} (session {})", rows.text(row, owner), rows.text(row, pid));
}

std::optional<std::int64_t> token_in(const postgres::result& rows, int row) {
    const auto text = rows.text(row, token);
    std::int64_t value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    return read.ec == std::errc{} ? std::optional(value) : std::nullopt;
}

}  // namespace

task<std::vector<seen_lock>> locks_in_database(postgres::pool& pool, deadline until) {
    postgres::params none;
    const auto rows = co_await ask(pool, look, std::move(none), until);
    std::vector<seen_lock> seen;
    for (int row = 0; rows.raw() && row < rows.rows(); ++row) {
        seen_lock one{std::string(rows.text(row, column::name)),
                      "database",
                      holder_in(rows, row),
                      token_in(rows, row),
                      {}};
        one.waiters = static_cast<std::size_t>(rows.integer(row, waiting));
        seen.push_back(std::move(one));
    }
    co_return seen;
}

task<std::optional<broken_lock>> break_in_database(postgres::pool& pool, lock_name name, deadline until) {
    postgres::params which;
    which.add(name.text());
    const auto rows = co_await ask(pool, end_holder, std::move(which), until);
    if (!rows.raw() || rows.empty()) co_return std::nullopt;
    co_return broken_lock{holder_in(rows, 0), token_in(rows, 0), {}, {}};
}

}  // namespace dibs::locks
