#pragma once

#include "core/asio.hpp"
#include "postgres/failure.hpp"
#include "postgres/link.hpp"
#include "postgres/result.hpp"
#include "postgres/round_trip.hpp"
#include "postgres/server_list.hpp"
#include "postgres/statement.hpp"
#include "postgres/target.hpp"

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dibs::postgres {

/// What a session lost under way means for the statements that were on it.
enum class on_loss {
    in_doubt,  ///< they may have been done: one of them commits, or they are a transaction of their own
    undone     ///< they were part of a transaction whose COMMIT was not among them: fault::unavailable
};

/// What came of one of several statements.
struct reply {
    result rows = {};
    std::exception_ptr failed = nullptr;  ///< null where it was carried out
};

/// One session, used by one coroutine at a time; libpq without blocking (but for names in a service file, and
/// GSSAPI).
///
/// Errors: failure (refused) when the server rejects a statement, and the session goes on; in_doubt when the
/// session was lost with a statement under way; timeout when the deadline passed; unavailable when nothing
/// was sent. After a loss, a timeout, and after the caller was cancelled the session is closed and of no more
/// use. The server notices within a second or so, and works on until then: bound waits for row locks by
/// lock_timeout.
class connection {
   public:
    /// Of several hosts, and of several addresses of one, the first that can be reached, as libpq has it; one
    /// that says nothing has its share of the time that is left. Throws dibs::error (unavailable) with the
    /// servers' words: not reached, wrong password, no such database.
    static task<std::unique_ptr<connection>> open(asio::any_io_executor executor, target where,
                                                  deadline until);
    /// The same for who opens more than one: `servers`, the target's, remembers look-ups that take longer.
    static task<std::unique_ptr<connection>> open(asio::any_io_executor executor, target where,
                                                  server_list& servers, deadline until);
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;
    ~connection();

    /// Sends all in one round trip; outside of a transaction they form one. A result each; the first that
    /// fails is thrown, and those after it are not carried out.
    /// Throws bad_input, and sends nothing, for a text with a NUL in it, which PostgreSQL cannot store.
    task<std::vector<result>> execute(std::vector<query> together, deadline until,
                                      on_loss meaning = on_loss::in_doubt);
    task<result> execute(const statement& what, params values, deadline until);
    /// Sends all in one round trip, each a transaction of its own: what fails holds up nobody else. A reply
    /// each; where the session was lost on the way, those that had no answer failed with what execute()
    /// throws. Throws what keeps all of them from being sent.
    task<std::vector<reply>> execute_each(std::vector<query> apart, deadline until);
    /// Any number of statements without parameters, separated by semicolons.
    task<void> run(std::string script, deadline until);

    /// False after an error that leaves the session's state unknown.
    bool usable() const { return session_ != nullptr; }
    bool in_transaction() const;
    /// In a transaction of which no statement has failed.
    bool in_sound_transaction() const;
    /// Looks, without a round trip, whether the server has ended an idle session.
    bool still_open() const;

   private:
    struct finish {
        void operator()(pg_conn* session) const;
    };
    class use;

    connection(const asio::any_io_executor& executor, target where);
    task<void> connect(server_list& servers, deadline until);
    /// False: nobody has said anything before the deadline.
    task<bool> connect_to(std::optional<server_list::parameters> to, deadline until);
    void check(const std::vector<query>& together) const;
    enum class sync { at_the_end, after_each };
    void send(const round_trip& trip, sync when);
    void send(const step& next);
    task<std::vector<result>> collect(round_trip& trip);
    task<reply> collect_next(round_trip& trip);
    task<void> collect_each(round_trip& trip, std::vector<reply>& replies);
    task<std::optional<result>> answer_to(round_trip& trip);
    task<void> end_of_pipeline();
    task<void> flush();
    task<void> arrival();
    result take();
    round_trip::answer take_error(const result& answer, std::string_view what);
    void close();
    void require(std::string_view what, deadline until) const;
    [[noreturn]] void lost(std::string_view what) const;

    target where_;
    std::string backend_;
    link link_;
    std::unique_ptr<pg_conn, finish> session_;  // null once it is of no more use
    prepared_names prepared_;
    fault if_lost_ = fault::in_doubt;
    std::exception_ptr first_failure_;  // of the round trip under way
};

}  // namespace dibs::postgres
