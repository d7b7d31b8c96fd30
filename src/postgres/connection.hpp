#pragma once

#include "core/asio.hpp"
#include "postgres/failure.hpp"
#include "postgres/link.hpp"
#include "postgres/result.hpp"
#include "postgres/statement.hpp"

#include <exception>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace dibs::postgres {

/// Where the database is, and what each session of ours is set to.
struct target {
    std::string conninfo;  ///< a URI (postgresql://…) or key=value pairs, as libpq takes them
    /// Run-time settings of the session; what the conninfo says wins.
    std::vector<std::pair<std::string, std::string>> settings = {{"synchronous_commit", "on"}};
    /// For error messages: "postgresql /run/postgresql dibs"; never shows a password.
    /// Throws dibs::error (bad_input) for a conninfo that cannot be read.
    std::string describe() const;
};

/// One session, used by one coroutine at a time; libpq without blocking (but for the look-up of a host's
/// name).
///
/// Errors: failure (refused) when the server rejects a statement, and the session goes on; in_doubt when the
/// session was lost with a statement under way; timeout when the deadline passed. After these two, and after
/// the caller was cancelled, it is of no more use. The server works on until it notices: bound waits for row
/// locks by lock_timeout.
class connection {
   public:
    /// Throws dibs::error (unavailable) with the server's words: not reached, wrong password, no such
    /// database.
    static task<std::unique_ptr<connection>> open(asio::any_io_executor executor, target where,
                                                  deadline until);
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;
    ~connection();

    /// Sends all in one round trip; outside of a transaction they form one. A result each; the first that
    /// fails is thrown, and those after it are not carried out.
    task<std::vector<result>> execute(std::vector<query> together, deadline until);
    task<result> execute(const statement& what, params values, deadline until);
    /// Any number of statements without parameters, separated by semicolons.
    task<void> run(std::string script, deadline until);

    /// False after an error that leaves the session's state unknown.
    bool usable() const { return !broken_; }
    bool in_transaction() const;
    /// Looks, without a round trip, whether the server has ended an idle session.
    bool still_open();

   private:
    struct finish {
        void operator()(pg_conn* session) const;
    };
    /// A part of a pipeline whose answer is awaited.
    struct expected {
        enum class part { preparation, execution } what;
        const statement* of;
    };
    class use;

    connection(const asio::any_io_executor& executor, target where);
    task<void> connect(deadline until);
    std::vector<expected> send(const std::vector<query>& together);
    task<std::vector<result>> collect(std::vector<expected> answers);
    task<void> flush();
    task<pg_result*> next();
    [[noreturn]] void lost(std::string_view what) const;
    std::exception_ptr failure_of(const pg_result* answer, std::string_view what) const;

    target where_;
    std::string backend_;
    link link_;
    std::unique_ptr<pg_conn, finish> session_;
    std::set<std::string, std::less<>> prepared_;
    bool broken_ = false;
};

}  // namespace dibs::postgres
