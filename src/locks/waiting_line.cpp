#include "locks/waiting_line.hpp"

#include "core/spawn.hpp"
#include "locks/admission.hpp"
#include "locks/timing.hpp"

#include <dibs/error.hpp>

#include <algorithm>
#include <charconv>
#include <functional>
#include <utility>
#include <vector>

namespace dibs::locks {
namespace {

// Whose loss shows that the server has lost some of its state.
constexpr std::size_t entries_looked_for = 10;
// When it has.
constexpr std::size_t entries_per_heartbeat = 500;

/// 'OWNER TOKEN TOKENS EXPIRY_US', as scripts/grants.lua publishes it.
struct grant_message {
    std::string_view owner;
    std::int64_t token = 0;
    std::int64_t tokens = 0;
    std::int64_t expiry_us = 0;
};

std::optional<grant_message> parse(std::string_view payload) {
    grant_message message;
    const auto first = payload.find(' ');
    if (first == std::string_view::npos) return std::nullopt;
    message.owner = payload.substr(0, first);
    const char* const end = payload.data() + payload.size();
    const char* at = payload.data() + first;
    for (auto* number : {&message.token, &message.tokens, &message.expiry_us}) {
        if (at == end) return std::nullopt;
        const auto read = std::from_chars(at + 1, end, *number);
        if (read.ec != std::errc{}) return std::nullopt;
        at = read.ptr;
    }
    return at == end ? std::optional(message) : std::nullopt;
}

}  // namespace

waiting_line::waiting_line(asio::any_io_executor executor, grants scripts, message_source messages,
                           lock_name name, std::string process)
    : executor_(std::move(executor)),
      scripts_(std::move(scripts)),
      messages_(std::move(messages)),
      name_(std::move(name)),
      process_(std::move(process)),
      channel_(scripts_.keys().process_channel(process_)),
      withdrawals_(std::make_shared<withdrawals>(executor_, scripts_)),
      beat_now_(executor_) {}

waiting_line::place::place(std::shared_ptr<waiting_line> line, const owner_id& owner, terms wanted)
    : line_(std::move(line)),
      owner_(owner),
      wanted_(wanted),
      number_(++line_->places_made_),
      turn_(line_->executor_) {
    if (line_->places_.empty()) line_->trouble_ = nullptr;  // others', who have gone
    at_ = line_->places_.insert(line_->places_.end(), this);
}

waiting_line::place::~place() {
    if (waiting_) line_->places_.erase(at_);
    if (withdraw_) line_->withdrawals_->add(owner_, wanted_);
}

void waiting_line::admit() const { admit_waiter(places_.size(), name_); }

wakeup& waiting_line::place::turn() {
    standing_ = true;
    line_->attend();
    return turn_;
}

std::optional<redis_hold::grant> waiting_line::place::take() {
    if (!granted_) line_->require_answer();
    if (!granted_ || steady::now() >= granted_->valid_until) return std::nullopt;
    withdraw_ = false;
    return redis_hold::grant{line_->name_,
                             owner_,
                             granted_->first,
                             granted_->tokens,
                             wanted_.lease,
                             granted_->valid_until,
                             {.handoff = handoff::remote}};
}

void waiting_line::require_answer() const {
    if (trouble_) std::rethrow_exception(trouble_);
    if (unanswered_since_ && steady::now() >= *unanswered_since_ + least_answer_time)
        throw error(fault::timeout, "redis", name_.text(), "the server does not answer its waiters");
}

void waiting_line::closed() {
    closed_ = true;
    trouble_ = std::make_exception_ptr(
        error(fault::closed, "dibs", name_.text(), "the connection was closed while it was waited for"));
    for (place* waiter : places_) waiter->turn_.wake();
    beat_now_.wake();
}

void waiting_line::observe(deadline sent, const attempt& answer) {
    clock_.observe(sent, answer.server_us);
    if (answer.granted || !answer.remaining) return;
    // When the holder's time is up, its lease may have to be ended and the lock granted.
    beat_by(steady::now() + *answer.remaining + std::chrono::milliseconds(1));
}

void waiting_line::confirm_later(const std::shared_ptr<redis_hold>& held) {
    unconfirmed_ = held;
    confirmations_ = 0;
    attend();
    beat_by(steady::now() + (held->valid_until() - steady::now()) / 3);
}

void waiting_line::beat_by(deadline latest) {
    if (latest >= next_beat_) return;
    next_beat_ = latest;
    beat_now_.wake();
}

void waiting_line::attend() {
    if (std::exchange(attended_, true)) return;
    next_beat_ = std::min(next_beat_, after(heartbeat_interval));
    spawn(executor_, keep_alive(shared_from_this()));
}

bool waiting_line::needed() {
    if (!places_.empty() || !unconfirmed_.expired()) {
        clean_until_ = after(clean_up_time);
        return true;
    }
    // A heartbeat that was lost may put those back who were granted the lock since, and have released it.
    return !closed_ && withdrawals_->lost().any() && steady::now() < clean_until_;
}

task<void> waiting_line::keep_alive(std::shared_ptr<waiting_line> line) {
    while (line->needed()) {
        line->attend_to_messages();
        try {
            if (steady::now() >= line->next_beat_) {
                line->next_beat_ = after(heartbeat_interval);
                line->unanswered_since_ = steady::now();
                co_await line->confirm();
                line->unanswered_since_ = steady::now();
                co_await line->withdrawals_->lost().kill(line->scripts_, after(clean_up_time));
                co_await line->beat();
            }
        } catch (const error& failure) {
            line->withdrawals_->lost().add(failure);
            line->failed();
        } catch (...) {
            line->failed();
        }
        line->unanswered_since_.reset();
        co_await line->beat_now_.wait_until(line->next_beat_);
    }
    line->attended_ = false;
    line->next_beat_ = deadline::max();
}

// To be called where an exception is handled.
void waiting_line::failed() {
    trouble_ = std::current_exception();
    next_beat_ = after(heartbeat_interval);
}

void waiting_line::attend_to_messages() {
    if (!subscription_.active() && !std::exchange(listening_, true))
        spawn(executor_, listen(shared_from_this()));
}

// Apart from the heartbeats, which keep the waiters alive and bring their grants where nobody can listen.
task<void> waiting_line::listen(std::shared_ptr<waiting_line> line) {
    try {
        co_await line->subscribe();
    } catch (const std::exception&) {  // it is tried again after the next heartbeat
    }
    line->listening_ = false;
}

task<void> waiting_line::subscribe() {
    redis::subscriber::handler on_message = [weak = weak_from_this()](std::string_view,
                                                                      std::string_view payload) {
        if (const auto line = weak.lock()) line->granted_by_message(payload);
    };
    // What was published while nobody listened is asked for.
    redis::subscriber::resubscribed on_resubscribed = [weak = weak_from_this()] {
        if (const auto line = weak.lock()) line->beat_by(steady::now());
    };
    subscription_ = co_await messages_->subscribe(channel_, std::move(on_message), std::move(on_resubscribed),
                                                  after(clean_up_time));
    beat_by(steady::now());
}

task<void> waiting_line::confirm() {
    const auto held = unconfirmed_.lock();
    // Whoever has renewed it meanwhile has chosen its time.
    if (held && held->renewals_asked() == confirmations_) {
        auto renewal = held->renew(held->duration(), held->valid_until());
        ++confirmations_;
        co_await std::move(renewal);  // where it fails, the next heartbeat asks again
    }
    if (unconfirmed_.lock() == held) unconfirmed_.reset();
}

task<void> waiting_line::beat() {
    if (places_.empty()) co_return;
    round_ = heartbeats_ + 1;
    // Whoever is newer asks after this round's first request: it cannot have been lost before it.
    const auto newest = places_made_;
    // A new connection may lead to a server that knows less.
    const bool moved = std::exchange(connection_, scripts_.generation()) != scripts_.generation();
    bool lost = co_await beat_with(next_of_round(entries_looked_for, newest));
    lost = lost || moved;
    while (lost) {
        auto others = next_of_round(entries_per_heartbeat, newest);
        if (others.empty()) break;
        co_await beat_with(std::move(others));
    }
}

task<bool> waiting_line::beat_with(std::vector<std::string> entries) {
    const auto sent = steady::now();
    unanswered_since_ = sent;
    std::function<std::vector<std::string>()> anew = [this] { return named_and_there(); };
    const auto pulse = co_await scripts_.heartbeat(process_, entries, after(clean_up_time), std::move(anew));
    trouble_ = nullptr;
    observe(sent, pulse.state);
    if (pulse.holder && pulse.state.remaining)
        deliver(pulse.holder->text(), {pulse.token, 1, locks::valid_until(sent, *pulse.state.remaining)});
    co_return pulse.lost;
}

// Drawn up anew for each request: one who left while the last was answered must not be put back, nor one who
// is not in the queue, such as a single try.
std::vector<std::string> waiting_line::next_of_round(std::size_t count, std::uint64_t newest) {
    std::vector<std::string> entries;
    ++heartbeats_;
    for (place* waiter : places_) {
        if (entries.size() == count || waiter->number_ > newest) break;
        if (!waiter->standing_ || waiter->named_in_ >= round_) continue;
        waiter->named_in_ = heartbeats_;
        entries.push_back(grants::entry(waiter->owner_, waiter->wanted_));
    }
    return entries;
}

// Whom the heartbeat under way named.
std::vector<std::string> waiting_line::named_and_there() const {
    std::vector<std::string> entries;
    for (const place* waiter : places_)
        if (waiter->named_in_ == heartbeats_)
            entries.push_back(grants::entry(waiter->owner_, waiter->wanted_));
    return entries;
}

void waiting_line::granted_by_message(std::string_view payload) {
    const auto message = parse(payload);
    if (!message) return;
    // Without a reading of the server's clock the next heartbeat brings the grant, and its validity.
    const auto expiry = clock_.earliest(message->expiry_us);
    if (!expiry) return;
    const auto left = std::max(*expiry - steady::now(), steady::duration::zero());
    deliver(message->owner, {fencing_token(message->token), message->tokens, *expiry - drift_margin(left)});
}

void waiting_line::deliver(std::string_view owner, const delivery& given) {
    const auto found = std::find_if(places_.begin(), places_.end(),
                                    [owner](const place* waiter) { return waiter->owner_.text() == owner; });
    if (found == places_.end()) return;  // it gave up meanwhile, and its withdrawal releases the lock
    place& waiter = **found;
    places_.erase(found);
    waiter.waiting_ = false;
    waiter.granted_ = given;
    waiter.turn_.wake();
}

}  // namespace dibs::locks
