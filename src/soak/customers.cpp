#include "soak/customers.hpp"

#include "core/timeout.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace dibs::soak {
namespace {

using namespace std::chrono_literals;

constexpr auto answer_within = 8s;
constexpr auto first_pause = 50ms;
constexpr auto longest_pause = 1600ms;
constexpr int most_tries = 30;
constexpr int visits_on_a_line = 20;  // then another, so that a process that was started anew gets its share
constexpr std::size_t most_returning = 1000;
// One in so many:
constexpr int return_later = 12;
constexpr int claim_at_once = 25;
constexpr int try_another_key = 12;

http::client_request post(std::string target, std::string body) {
    http::client_request made;
    made.verb = http::method::post;
    made.target = std::move(target);
    made.body = std::move(body);
    return made;
}

http::client_request request_of(const offer& what, const std::string& key, const std::string& access_token) {
    const load::coupon_choice coupon{what.coupon, shop::code};
    auto made = post(load::claim_path(coupon), load::claim_body(coupon, key));
    made.headers.emplace_back("Authorization", "Bearer " + access_token);
    made.headers.emplace_back("X-Lock-Strategy", what.strategy);
    return made;
}

history::phase phase_of(reply what) {
    switch (what) {
        case reply::issued: return history::phase::ok;
        case reply::sold_out:
        case reply::already_claimed:
        case reply::not_done: return history::phase::fail;
        case reply::unknown:
        case reply::unexpected: break;
    }
    return history::phase::info;
}

}  // namespace

customers::customers(asio::any_io_executor executor, customers_wanted wanted, shop offers)
    : executor_(std::move(executor)),
      wanted_(std::move(wanted)),
      shop_(std::move(offers)),
      random_(wanted_.seed),
      history_(wanted_.history),
      stopped_(executor_),
      inside_(executor_) {}

void customers::stop() {
    open_ = false;
    stopped_.wake();
}

task<void> customers::run() {
    std::exponential_distribution<double> gap(wanted_.rate);
    auto due = steady::now();
    while (open_) {
        due += std::chrono::duration_cast<steady::duration>(std::chrono::duration<double>(gap(random_)));
        co_await stopped_.wait_until(due);
        if (!open_) break;
        ++tally_.arrivals;
        if (inside_.running() < wanted_.at_most)
            inside_.spawn(arrive());
        else
            ++tally_.dropped;
    }
    co_await inside_.join();
    idle_.clear();
}

task<void> customers::arrive() {
    line mine = take_line();
    if (!returning_.empty() && one_in(return_later))
        co_await come_back(mine);
    else
        co_await visit(mine);
    give_back(std::move(mine));
}

task<void> customers::visit(line& over) {
    wish what;
    what.user = fmt::format("{}@soak.dibs", ++arrived_);
    what.key = what.user;
    auto token = co_await sign_up(over, what.user);
    if (!token) {
        ++tally_.not_signed_up;
        co_return;
    }
    what.access_token = std::move(*token);
    what.what = shop_.next(random_);
    auto told = co_await claim_first(over, what);
    if (told.what == reply::sold_out) ++tally_.sold_out;
    if (told.what == reply::already_claimed) note_unexpected("the first claim", told.why);
    if (told.what != reply::issued) co_return;
    ++acknowledged_;
    if (one_in(try_another_key)) co_await claim_with_another_key(over, what);
    if (one_in(return_later)) remember(what, std::move(told.body));
}

task<std::optional<std::string>> customers::sign_up(line& over, std::string user) {
    load::fresh_user fresh;
    fresh.email = user;
    fresh.name = user;
    fresh.sign_up_key = user;
    const auto request = post("/api/auth/signup", load::sign_up_body(fresh));
    for (int tries = 0; tries < most_tries; ++tries) {
        if (tries > 0) co_await pause(tries);
        const auto told = co_await over.connection.send(request, after(answer_within));
        auto token = load::access_token_in(told.body);
        if (told.status == 201 && token) co_return token;
        if (told.status != 0 && told.status != 503)
            note_unexpected("a sign-up", fmt::format("{} {}", told.status, told.body));
    }
    co_return std::nullopt;
}

task<answer> customers::claim_first(line& over, wish what) {
    if (one_in(claim_at_once)) return claim_twice_at_once(over, std::move(what));
    return settle(over, std::move(what));
}

task<answer> customers::claim_twice_at_once(line& over, wish what) {
    line another = take_line();
    std::optional<answer> one;
    std::optional<answer> other;
    task_group both(executor_);
    both.spawn(keep(settle(over, what), one));
    both.spawn(keep(settle(another, what), other));
    co_await both.join();
    give_back(std::move(another));
    const bool known = is_definite(one->what) && is_definite(other->what);
    if (known && (one->what != other->what || one->body != other->body)) ++tally_.different;
    ++tally_.repeated;
    co_return one->what == reply::issued ? std::move(*one) : std::move(*other);
}

task<void> customers::claim_with_another_key(line& over, wish what) {
    what.key += '!';
    const auto told = co_await settle(over, std::move(what));
    if (told.what == reply::already_claimed)
        ++tally_.refused;
    else if (is_definite(told.what))
        note_unexpected("a second claim with another key", told.what == reply::issued ? told.body : told.why);
}

void customers::remember(const wish& claimed, std::string body) {
    if (returning_.size() < most_returning) returning_.push_back({claimed, std::move(body)});
}

task<void> customers::come_back(line& over) {
    std::uniform_int_distribution<std::size_t> any(0, returning_.size() - 1);
    std::swap(returning_[any(random_)], returning_.back());
    auto before = std::move(returning_.back());
    returning_.pop_back();
    const auto told = co_await settle(over, std::move(before.claimed));
    if (!is_definite(told.what)) co_return;
    ++tally_.repeated;
    if (told.body != before.body) ++tally_.different;
}

task<answer> customers::settle(line& over, wish what) {
    answer told;
    bool in_doubt = false;
    for (int tries = 0; tries < most_tries; ++tries) {
        if (tries > 0) {
            ++tally_.retries;
            co_await pause(tries);
        }
        told = co_await try_once(over, what);
        if (is_definite(told.what)) break;
        in_doubt = in_doubt || told.what != reply::not_done;
    }
    if (in_doubt) ++(is_definite(told.what) ? tally_.resolved : tally_.unresolved);
    co_return told;
}

task<answer> customers::try_once(line& over, const wish& what) {
    history::event record;
    record.process = 1;
    record.operation = ++operations_;
    record.action = history::action::claim;
    record.name = what.what.coupon;
    record.owner = what.user;
    record.value = what.key;
    history_.write(record);
    const auto request = request_of(what.what, what.key, what.access_token);
    auto response = co_await over.connection.send(request, after(answer_within));
    auto told = judge(std::move(response));
    record.phase = phase_of(told.what);
    record.value = told.what == reply::issued ? what.key + ' ' + told.claim_id : told.why;
    history_.write(record);
    if (told.what == reply::unexpected) note_unexpected("a claim", told.why);
    co_return told;
}

task<void> customers::pause(int tries) {
    const auto most =
        std::min<std::chrono::milliseconds>(first_pause * (1 << std::min(tries, 8)), longest_pause);
    std::uniform_int_distribution<std::int64_t> any(most.count() / 2, most.count());
    asio::steady_timer timer(executor_, std::chrono::milliseconds(any(random_)));
    co_await timer.async_wait(asio::use_awaitable);
}

customers::line customers::take_line() {
    if (idle_.empty())
        return {http::client_connection(executor_, wanted_.service.host, wanted_.service.port)};
    line taken = std::move(idle_.back());
    idle_.pop_back();
    return taken;
}

void customers::give_back(line used) {
    if (++used.visits < visits_on_a_line) idle_.push_back(std::move(used));
}

void customers::note_unexpected(std::string_view where, std::string_view what) {
    if (tally_.unexpected++ == 0) tally_.first_unexpected = fmt::format("{}: {}", where, what);
}

}  // namespace dibs::soak
