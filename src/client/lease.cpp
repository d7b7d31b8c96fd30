#include "client/background_thread.hpp"
#include "client/hop.hpp"
#include "client/lease_parts.hpp"
#include "core/log.hpp"
#include "core/spawn.hpp"
#include "locks/admission.hpp"
#include "postgres/result.hpp"
#include "postgres/statement.hpp"

#include <dibs/error.hpp>
#include <dibs/lease.hpp>

#include <exception>
#include <utility>

namespace dibs {
namespace detail {
namespace {

/// Nothing of the lease may be touched afterwards: who is told may drop it.
void tell_if_over(lease_parts& parts, const locks::hold& held) {
    if (steady::now() >= held.valid_until()) parts.care.over();
}

task<bool> renew(lease_parts& parts, std::chrono::milliseconds duration) {
    locks::check_lease(duration, parts.loss->name().text());
    if (parts.released || parts.loss->given()) co_return false;
    const auto held = parts.held.held();
    const auto until = held->valid_until();
    auto renewal = held->renew(duration, until);
    if (held->valid_until() < until) parts.care.moved();  // whatever becomes of it
    bool extended = false;
    try {
        extended = co_await std::move(renewal);
    } catch (...) {
        tell_if_over(parts, *held);
        throw;
    }
    extended ? parts.care.moved() : parts.care.over();
    co_return extended;
}

constexpr std::chrono::seconds statement_time{30};

sql_rows rows_of(const postgres::result& answer) {
    sql_rows rows(static_cast<std::size_t>(answer.rows()));
    for (std::size_t row = 0; row < rows.size(); ++row)
        for (int column = 0; column < answer.columns(); ++column) {
            const auto text = answer.optional_text(static_cast<int>(row), column);
            rows[row].push_back(text ? sql_value(*text) : std::nullopt);
        }
    return rows;
}

task<sql_rows> execute(lease_parts& parts, std::string sql, std::vector<sql_value> parameters) {
    if (parts.released) throw error(fault::closed, "dibs", "a statement", "its lease was released before");
    if (sql.find('\0') != std::string::npos)
        throw error(fault::bad_input, "dibs", parts.loss->name().text(),
                    "a statement has a NUL character in it");
    postgres::params values;
    for (const auto& value : parameters) value ? values.add(*value) : values.add_null();
    const postgres::statement once{"", sql.c_str()};
    const auto held = parts.held.held();
    std::exception_ptr failed;
    postgres::result answer;
    try {
        answer = co_await held->execute(once, std::move(values), after(statement_time));
    } catch (...) {
        failed = std::current_exception();
    }
    tell_if_over(parts, *held);
    if (failed) std::rethrow_exception(failed);
    co_return rows_of(answer);
}

hold_end::how end_of(release_outcome outcome) {
    switch (outcome) {
        case release_outcome::released: return hold_end::how::released;
        case release_outcome::expired: return hold_end::how::expired;
        case release_outcome::not_owner: break;
    }
    return hold_end::how::not_owner;
}

enum class release_by { holder, nobody };

/// All of a release where a waiter of this process takes the lock: no coroutine is worth it.
bool hand_on(lease_parts& parts) {
    parts.care = {};
    if (!parts.held.hand_on()) return false;
    parts.ended = true;
    parts.tell(hold_end::how::released);
    return true;
}

task<release_outcome> release(lease_parts& parts, release_by whom) {
    const auto& executor = parts.core->executor();
    const auto here = co_await asio::this_coro::executor;
    if (here != executor) co_return co_await run_on(executor, release(parts, whom));
    // Here, not where it is called: in a coroutine that was cancelled before Asio throws instead of starting
    // it.
    if (parts.released.exchange(true))
        throw error(fault::closed, "dibs", parts.loss->name().text(), "this lease was released before");
    if (hand_on(parts)) co_return release_outcome::released;
    std::exception_ptr failed;
    auto outcome = release_outcome::expired;
    try {
        if (whom == release_by::holder)
            outcome = co_await parts.held.release();
        else
            outcome = co_await parts.held.abandon();
    } catch (...) {
        failed = std::current_exception();
    }
    parts.ended = true;
    parts.tell(failed ? hold_end::how::failed : end_of(outcome));
    if (failed) std::rethrow_exception(failed);
    co_return outcome;
}

}  // namespace

lease_parts::lease_parts(std::shared_ptr<client_core> of, locks::lease granted, lease_terms wanted)
    : core(std::move(of)),
      held(std::move(granted)),
      owner(held.owner()),
      token(held.token()),
      kind(wanted.kind),
      tries(held.held()->story().tries),
      granted_at(core->observer() ? steady::now() : deadline()),
      loss(std::make_shared<loss_signal>(held.name(), kind, core->observer())),
      care(core->keeper().keep(held.held(), wanted.how, loss)) {}

void lease_parts::tell(hold_end::how how) const {
    const auto& observer = core->observer();
    if (observer) observer->held({loss->name(), kind, how, steady::now() - granted_at});
}

task<void> let_go(std::unique_ptr<lease_parts> parts) {
    if (parts->released) co_return;
    try {
        co_await release(*parts, release_by::nobody);
    } catch (const std::exception& failed) {
        log(log_level::warning, "{} was dropped and could not be released, and ends with its lease: {}",
            parts->loss->name().text(), failed.what());
    }
}

}  // namespace detail

lease::lease(std::unique_ptr<detail::lease_parts> parts) : parts_(std::move(parts)) {}
lease::lease(lease held, std::shared_ptr<detail::background_thread> thread)
    : thread_(std::move(thread)), parts_(std::move(held.parts_)) {}
lease::lease(lease&& other) noexcept = default;

lease& lease::operator=(lease&& other) noexcept {
    lease former(std::move(*this));
    thread_ = std::move(other.thread_);
    parts_ = std::move(other.parts_);
    return *this;
}

lease::~lease() {
    if (!parts_ || parts_->ended) return;
    try {
        const auto executor = parts_->core->executor();
        spawn(executor, detail::let_go(std::move(parts_)));
    } catch (...) {  // out of memory: the lock ends with its lease
    }
}

const lock_name& lease::name() const { return parts_->loss->name(); }
const owner_id& lease::owner() const { return parts_->owner; }
std::optional<fencing_token> lease::token() const { return parts_->token; }

std::chrono::steady_clock::time_point lease::valid_until() const {
    return parts_->released ? steady::time_point::min() : parts_->held.valid_until();
}

bool lease::valid() const { return !parts_->loss->given() && steady::now() < valid_until(); }

std::stop_token lease::lost() const { return parts_->loss->token(); }

std::string lease::loss() const { return parts_->loss->why(); }

boost::asio::awaitable<bool> lease::renew(std::chrono::milliseconds duration) {
    return detail::run_on(parts_->core->executor(), detail::renew(*parts_, duration));
}

int lease::tries() const { return parts_->tries; }

boost::asio::awaitable<sql_rows> lease::execute(std::string sql, std::vector<sql_value> parameters) {
    return detail::run_on(parts_->core->executor(),
                          detail::execute(*parts_, std::move(sql), std::move(parameters)));
}

boost::asio::awaitable<release_outcome> lease::release() {
    return detail::release(*parts_, detail::release_by::holder);
}

}  // namespace dibs
