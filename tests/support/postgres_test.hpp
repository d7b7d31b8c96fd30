#pragma once

#include "core/event.hpp"
#include "core/task_group.hpp"
#include "postgres/pool.hpp"
#include "postgres/transaction.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/run_task.hpp"

#include <gmock/gmock.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dibs::tests {

/// How a statement ended.
struct ending {
    std::vector<postgres::result> rows;
    std::optional<fault> failed;
    std::string sqlstate;
    std::string constraint;
    std::string text;  ///< of the error
};

/// Runs `work` and notes how it ends; other exceptions than ours go through.
inline task<void> note(task<std::vector<postgres::result>> work, ending& end) {
    try {
        end.rows = co_await std::move(work);
    } catch (const postgres::failure& refused) {
        end.failed = refused.kind();
        end.sqlstate = refused.sqlstate();
        end.constraint = refused.constraint();
        end.text = refused.what();
    } catch (const error& failed) {
        end.failed = failed.kind();
        end.text = failed.what();
    }
}

inline task<std::vector<postgres::result>> one(task<postgres::result> work) {
    std::vector<postgres::result> rows;
    rows.push_back(co_await std::move(work));
    co_return rows;
}
inline task<std::vector<postgres::result>> none(task<void> work) {
    co_await std::move(work);
    co_return std::vector<postgres::result>();
}

/// Asio hands on only what can be made of nothing.
template <class T>
task<std::unique_ptr<T>> kept(task<T> work) {
    co_return std::make_unique<T>(co_await std::move(work));
}

/// A test on an empty schema of the shared cluster.
class postgres_test : public testing::Test {
   protected:
    template <class T>
    T run(task<T> work) {
        return run_task(io, std::move(work));
    }
    postgres::target where() const { return {.conninfo = schema.url()}; }
    std::unique_ptr<postgres::connection> open() {
        return run(postgres::connection::open(io.get_executor(), where(), after(std::chrono::seconds(10))));
    }
    ending end_of(task<postgres::result> work) { return end_of(one(std::move(work))); }
    ending end_of(task<void> work) { return end_of(none(std::move(work))); }
    ending end_of(task<std::vector<postgres::result>> work) {
        ending end;
        run(note(std::move(work), end));
        return end;
    }

    /// Over a connection of its own, without our code.
    std::string sql(const std::string& text) const { return run_sql(schema.url(), text); }
    /// Lets our coroutines run until `text` gives `wanted`.
    void await_sql(const std::string& text, const std::string& wanted) {
        const auto until = after(std::chrono::seconds(20));
        for (std::string got; (got = sql(text)) != wanted;) {
            if (steady::now() > until) throw std::runtime_error(text + " stays " + got);
            io.restart();
            io.poll();
        }
    }
    /// Until so many sessions of ours wait for a lock in the server.
    void await_blocked(int sessions) {
        await_sql(count_sessions("wait_event_type = 'Lock'"), std::to_string(sessions));
    }
    std::string count_sessions(const std::string& which) const {
        return "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'dibs' AND " + which;
    }
    /// Ends our sessions on the server and waits until they are gone.
    void terminate_sessions() {
        sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'dibs'");
        const auto until = after(std::chrono::seconds(20));
        while (sql(count_sessions("true")) != "0")
            if (steady::now() > until) throw std::runtime_error("a session does not end");
    }

    fresh_schema schema;
    asio::io_context io{1};
};

}  // namespace dibs::tests
