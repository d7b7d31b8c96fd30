#include "coupon/claims/claim_desk.hpp"

#include "coupon/claims/batch_store.hpp"

#include <dibs/error.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace dibs::coupon {
namespace {

constexpr int attempts = 2;
/// Small enough that those who were answered come again before the rest has been.
constexpr std::size_t conditional_together = 32;
constexpr std::size_t batch_together = 512;
/// Coupons whose lanes are kept while nobody claims.
constexpr std::size_t most_crowds = 1000;

/// Keeps an element in a set for as long as it lives.
template <class Key>
class kept_in {
   public:
    kept_in(std::set<Key>& all, Key key) : all_(all) {
        const auto [place, added] = all.insert(std::move(key));
        place_ = place;
        added_ = added;
    }
    kept_in(const kept_in&) = delete;
    kept_in& operator=(const kept_in&) = delete;
    ~kept_in() {
        if (added_) all_.erase(place_);
    }
    bool added() const { return added_; }

   private:
    std::set<Key>& all_;
    typename std::set<Key>::iterator place_;
    bool added_ = false;
};

/// Drops a coupon's lane, unless another has taken its place meanwhile.
template <class Lanes, class Lane>
void drop_lane(Lanes& from, const std::string& coupon, const std::shared_ptr<Lane>& lane) {
    const auto found = from.find(coupon);
    if (found != from.end() && found->second == lane) from.erase(found);
}

/// Acts when its scope is left, whichever way.
template <class Action>
class on_leaving {
   public:
    explicit on_leaving(Action act) : act_(std::move(act)) {}
    on_leaving(const on_leaving&) = delete;
    on_leaving& operator=(const on_leaving&) = delete;
    ~on_leaving() { act_(); }

   private:
    Action act_;
};

}  // namespace

claim_desk::claim_desk(const asio::any_io_executor& executor, postgres::pool& pool, limits allowed)
    : executor_(executor),
      pool_(pool),
      allowed_(allowed),
      ended_(executor),
      sold_out_(executor, pool, allowed.statement),
      releases_(executor) {
    lockers_[strategy::cas] = nullptr;
    lockers_[strategy::batch] = nullptr;
}

void claim_desk::offer(strategy kind, std::unique_ptr<locks::locker> locker) {
    lockers_[kind] = std::move(locker);
}

void claim_desk::restrict_to(const std::vector<strategy>& kinds) {
    std::erase_if(lockers_, [&](const auto& one) { return !std::ranges::count(kinds, one.first); });
}

std::vector<strategy> claim_desk::offered() const {
    std::vector<strategy> kinds;
    std::copy_if(all_strategies.begin(), all_strategies.end(), std::back_inserter(kinds),
                 [this](strategy kind) { return offers(kind); });
    return kinds;
}

task<outcome> claim_desk::claim(claim_request request, strategy how) {
    const auto begun = steady::now();
    if (keys_under_way_.size() >= allowed_.under_way) {
        observer_->turned_away(how);
        throw error(fault::exhausted, "dibs serve", request.coupon, "too many claims are under way");
    }
    const on_leaving tell_settle([this] { ended_.wake(); });
    const kept_in<request_key> mine(keys_under_way_, {request.coupon, request.user, request.key});
    outcome result{verdict::in_progress};
    try {
        if (mine.added()) result = co_await answer(std::move(request), how);
    } catch (const error& failure) {
        observer_->failed(how, failure.kind(), steady::now() - begun);
        throw;
    }
    observer_->answered(how, result.result, steady::now() - begun);
    co_return result;
}

task<outcome> claim_desk::answer(claim_request request, strategy how) {
    if (auto refused = sold_out_.refusal_of(request)) co_return std::move(*refused);
    const deadline give_up = after(allowed_.wait);
    int conflicts = 0;
    for (int made = 0; made < attempts; ++made) {
        attempt tried = co_await try_once(request, how, give_up);
        if (tried.result) {
            tried.result->conflicts = conflicts;
            if (tried.result->result == verdict::sold_out) sold_out_.learn(request.coupon);
            co_return std::move(*tried.result);
        }
        if (tried.why != retry::overtaken_under_lock) continue;
        ++conflicts;
        observer_->conflict(how);
        spdlog::debug("coupon {} was changed by another while {} held it", request.coupon, to_string(how));
        co_await count_conflict(pool_, request.coupon, how, statement_deadline());
    }
    co_return outcome{verdict::conflicting, std::nullopt, conflicts};
}

task<claim_desk::attempt> claim_desk::try_once(claim_request request, strategy how, deadline give_up) {
    if (how == strategy::cas) return try_conditional(std::move(request), give_up);
    if (how == strategy::batch) return try_in_batch(std::move(request), give_up);
    return try_under(*lockers_.at(how), std::move(request), give_up);
}

task<claim_desk::attempt> claim_desk::try_conditional(claim_request request, deadline give_up) {
    auto& lane = conditional_[request.coupon];
    if (!lane) {
        const auto carry_out = [this](std::vector<claim_request> requests) {
            return issue_any_each(pool_, std::move(requests), statement_deadline());
        };
        lane = std::make_shared<claim_lane<written>>(
            executor_, claim_lane<written>::limits{conditional_together}, carry_out);
    }
    const auto mine = lane;
    const on_leaving drop_unused([&] {
        if (mine->idle()) drop_lane(conditional_, request.coupon, mine);
    });
    const written result = co_await mine->claim(mine, request, give_up);
    if (result.what == written::result::done) co_return attempt{outcome{verdict::issued, result.claim}};
    const evidence seen = co_await read_evidence(pool_, request, statement_deadline());
    co_return attempt{settled(request, seen)};
}

std::shared_ptr<claim_lane<outcome>> claim_desk::batch_lane(const std::string& coupon) {
    const auto writer = std::make_shared<batch_writer>(pool_, coupon);
    const auto carry_out = [this, writer](std::vector<claim_request> requests) {
        observer_->batch(requests.size());
        return writer->issue(std::move(requests), statement_deadline());
    };
    const auto make_ready = [this, writer] { return writer->take_row(statement_deadline()); };
    return std::make_shared<claim_lane<outcome>>(executor_, claim_lane<outcome>::limits{batch_together, true},
                                                 carry_out, make_ready);
}

task<claim_desk::attempt> claim_desk::try_in_batch(claim_request request, deadline give_up) {
    auto& lane = batches_[request.coupon];
    if (!lane) lane = batch_lane(request.coupon);
    const auto mine = lane;
    const on_leaving drop_unused([&] {
        // One that was crowded will be again, and should know.
        if (mine->idle() && (!mine->crowded() || batches_.size() > most_crowds))
            drop_lane(batches_, request.coupon, mine);
    });
    outcome result = co_await mine->claim(mine, request, give_up);
    co_return attempt{std::move(result)};
}

task<void> claim_desk::settle() {
    while (!keys_under_way_.empty()) co_await ended_.wait_until(deadline::max());
    co_await releases_.join();
    co_await sold_out_.settle();
}

}  // namespace dibs::coupon
