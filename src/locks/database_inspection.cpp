#include "locks/inspection.hpp"
#include "postgres/failure.hpp"
#include "postgres/pool.hpp"

#include <string>
#include <utility>

namespace dibs::locks {
namespace {

constexpr std::string_view undefined_table = "42P01";

// The holder's transaction has changed its lock's row: it is that version's xmax. The first to wait for it
// waits for the transaction, the others for the row. A name that is new is a row that nobody else sees yet.
constexpr postgres::statement look{"dibs_lock_look", R"sql(
    WITH held AS (
        SELECT l.name, l.token, a.pid, l.ctid, l.xmax
        FROM dibs_locks l JOIN pg_stat_activity a ON a.backend_xid = l.xmax),
    waiting AS (
        SELECT w.pid, w.transactionid, w.locktype, w.page, w.tuple
        FROM pg_locks w
        WHERE NOT w.granted AND (w.locktype = 'transactionid' OR
              w.locktype = 'tuple' AND w.relation = 'dibs_locks'::regclass))
    SELECT h.name, h.pid, h.token,
           (SELECT count(*) FROM waiting w
            WHERE w.locktype = 'transactionid' AND w.transactionid = h.xmax OR
                  w.locktype = 'tuple' AND '(' || w.page || ',' || w.tuple || ')' = h.ctid::text)
    FROM held h
    UNION ALL
    SELECT '', l.pid, NULL, (SELECT count(*) FROM waiting w WHERE w.transactionid = a.backend_xid)
    FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE l.relation = 'dibs_locks'::regclass AND l.mode = 'RowExclusiveLock' AND l.granted AND
          a.state = 'idle in transaction' AND a.pid NOT IN (SELECT pid FROM held)
    ORDER BY 1, 2)sql"};

constexpr postgres::statement end_holder{"dibs_lock_break", R"sql(
    SELECT a.pid, l.token, pg_terminate_backend(a.pid)
    FROM dibs_locks l JOIN pg_stat_activity a ON a.backend_xid = l.xmax
    WHERE l.name = $1)sql"};

task<postgres::result> ask(postgres::pool& pool, const postgres::statement& what, postgres::params with,
                           deadline until) {
    try {
        co_return co_await pool.execute(what, std::move(with), until);
    } catch (const postgres::failure& refused) {
        if (refused.sqlstate() != undefined_table) throw;
    }
    co_return postgres::result();  // nobody has locked anything here yet
}

std::string session(const postgres::result& rows, int row, int column) {
    return "session " + std::string(rows.text(row, column));
}

}  // namespace

task<std::vector<seen_lock>> locks_in_database(postgres::pool& pool, deadline until) {
    postgres::params none;
    const auto rows = co_await ask(pool, look, std::move(none), until);
    std::vector<seen_lock> seen;
    for (int row = 0; rows.raw() && row < rows.rows(); ++row) {
        seen_lock one{std::string(rows.text(row, 0)), "database", session(rows, row, 1), {}, {}};
        one.waiters = static_cast<std::size_t>(rows.integer(row, 3));
        seen.push_back(std::move(one));
    }
    co_return seen;
}

task<std::optional<broken_lock>> break_in_database(postgres::pool& pool, lock_name name, deadline until) {
    postgres::params which;
    which.add(name.text());
    const auto rows = co_await ask(pool, end_holder, std::move(which), until);
    if (!rows.raw() || rows.empty()) co_return std::nullopt;
    co_return broken_lock{session(rows, 0, 0), {}, {}, {}};
}

}  // namespace dibs::locks
