#include "postgres/transaction.hpp"

#include "core/spawn.hpp"

#include <cassert>
#include <exception>
#include <utility>

namespace dibs::postgres {
namespace {

// Of another isolation level who waited for a row could not have it: whoever had it changed it.
constexpr statement begin_transaction{"dibs_begin", "BEGIN ISOLATION LEVEL READ COMMITTED"};
constexpr statement commit_transaction{"dibs_commit", "COMMIT"};
constexpr statement roll_back{"dibs_rollback", "ROLLBACK"};
constexpr std::chrono::seconds roll_back_time{5};

task<void> roll_back_on(std::unique_ptr<pool::loan> session) {
    co_await (*session)->execute(roll_back, params(), after(roll_back_time));
}

void check_committed(const result& answer) {
    if (answer.command_tag() != "COMMIT")
        throw failure("postgresql", "COMMIT", "a statement had failed before, so the server rolled back",
                      "25P02", "");
}

}  // namespace

task<transaction> transaction::begin(pool& from, deadline until) {
    auto session = co_await from.acquire(until);
    co_return transaction(from.executor(), std::move(session));
}

transaction::~transaction() {
    if (!session_ || !(*session_)->usable() || !(*session_)->in_transaction()) return;
    try {
        // If it fails the session is broken, and the server rolls back when it is closed.
        spawn(executor_, roll_back_on(std::move(session_)));
    } catch (...) {
        session_ = nullptr;
    }
}

void transaction::begin_with(std::vector<query>& together) {
    assert(session_ && "the transaction has ended");
    if (!std::exchange(begun_, true)) together.emplace(together.begin(), begin_transaction, params());
}

task<std::vector<result>> transaction::send(std::vector<query> together, deadline until, on_loss meaning) {
    const auto wanted = together.size();
    begin_with(together);
    std::vector<result> results;
    try {
        results = co_await (*session_)->execute(std::move(together), until, meaning);
    } catch (...) {
        begun_ = !(*session_)->usable() || (*session_)->in_transaction();  // or nothing was sent
        throw;
    }
    results.erase(results.begin(), results.end() - static_cast<std::ptrdiff_t>(wanted));
    co_return results;
}

task<std::vector<result>> transaction::execute(std::vector<query> together, deadline until) {
    return send(std::move(together), until, on_loss::undone);
}

task<result> transaction::execute(const statement& what, params values, deadline until) {
    std::vector<query> one;
    one.emplace_back(what, std::move(values));
    auto results = co_await execute(std::move(one), until);
    co_return std::move(results.front());
}

task<void> transaction::commit(deadline until) {
    assert(session_ && "the transaction has ended");
    const auto session = std::move(session_);
    if (!begun_) co_return;
    check_committed(co_await (*session)->execute(commit_transaction, params(), until));
}

task<result> transaction::execute_and_commit(const statement& what, params values, deadline until) {
    std::vector<query> together;
    together.emplace_back(what, std::move(values));
    together.emplace_back(commit_transaction, params());
    auto results = co_await send(std::move(together), until, on_loss::in_doubt);
    const auto session = std::move(session_);
    check_committed(results.back());
    co_return std::move(results.front());
}

task<void> transaction::rollback(deadline until) {
    assert(session_ && "the transaction has ended");
    const auto session = std::move(session_);
    if (begun_ && (*session)->usable()) co_await (*session)->execute(roll_back, params(), until);
}

}  // namespace dibs::postgres
