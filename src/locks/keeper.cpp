#include "locks/keeper.hpp"

#include "core/spawn.hpp"
#include "locks/renewal.hpp"

#include <boost/asio/steady_timer.hpp>

#include <utility>

namespace dibs::locks {

deadline keeper::charge::next_due() {
    const auto until = held->valid_until();
    const auto now = steady::now();
    margin = loss_margin(held->duration(), until - now);
    return how == renewal::automatic ? renew_at(now, until, held->duration()) : last_moment();
}

deadline keeper::charge::last_moment() const { return held->valid_until() - margin; }

struct keeper::state : std::enable_shared_from_this<state> {
    explicit state(const asio::any_io_executor& on) : executor(on), alarm(on) {}

    void put(charge& who, deadline due);
    void move(charge& who, deadline due);
    void drop(charge& who);
    void ring_at(deadline due);
    void ring();
    void attend(charge& who, deadline now);
    static task<void> renew(std::shared_ptr<state> keeping, std::shared_ptr<watcher> told);
    void lose(charge& who);

    struct sooner {
        bool operator()(const charge& a, const charge& b) const { return a.next < b.next; }
    };

    asio::any_io_executor executor;
    asio::steady_timer alarm;
    // A lease that goes leaves the alarm as it is: setting it costs more than a ring for nothing.
    deadline rings_at = deadline::max();
    boost::intrusive::multiset<charge, boost::intrusive::compare<sooner>> agenda;  // each in somebody's care
};

void keeper::state::put(charge& who, deadline due) {
    who.next = due;
    agenda.insert(who);
    if (due < rings_at) ring_at(due);
}

void keeper::state::move(charge& who, deadline due) {
    agenda.erase(agenda.iterator_to(who));
    put(who, due);
}

void keeper::state::drop(charge& who) {
    if (std::exchange(who.over, true)) return;
    agenda.erase(agenda.iterator_to(who));
    who.held = nullptr;
}

void keeper::state::ring_at(deadline due) {
    rings_at = due;
    alarm.expires_at(due);
    alarm.async_wait([weak = weak_from_this()](boost::system::error_code cancelled) {
        const auto keeping = weak.lock();
        if (keeping && !cancelled) keeping->ring();
    });
}

void keeper::state::ring() {
    rings_at = deadline::max();
    const auto now = steady::now();
    while (!agenda.empty() && agenda.begin()->next <= now) attend(*agenda.begin(), now);
    if (!agenda.empty() && agenda.begin()->next < rings_at) ring_at(agenda.begin()->next);
}

void keeper::state::attend(charge& who, deadline now) {
    const auto last_moment = who.last_moment();
    if (now >= last_moment) return lose(who);
    if (who.how == renewal::by_hand) return move(who, last_moment);
    if (!who.failure) who.due = who.next;
    move(who, last_moment);  // whatever becomes of the renewal
    spawn(executor, renew(shared_from_this(), who.told->shared_from_this()));
}

task<void> keeper::state::renew(std::shared_ptr<state> keeping, std::shared_ptr<watcher> told) {
    charge& who = told->charge_;
    if (who.over) co_return;
    const auto held = who.held;
    const auto pause = retry_interval(held->duration());
    const auto last_moment = who.last_moment();
    bool extended = false;
    std::exception_ptr failure;
    try {
        extended = co_await held->renew(held->duration(), std::min(after(pause), last_moment));
    } catch (...) {
        failure = std::current_exception();
    }
    if (who.over) co_return;
    who.failure = failure;
    if (failure)
        keeping->move(who, std::min(after(pause), last_moment));
    else if (extended) {
        told->renewed(steady::now() - who.due);
        if (!who.over) keeping->move(who, who.next_due());
    } else
        keeping->lose(who);
}

void keeper::state::lose(charge& who) {
    const auto told = who.told->shared_from_this();
    drop(who);
    told->lost(who.failure);
}

keeper::keeper(const asio::any_io_executor& executor) : state_(std::make_shared<state>(executor)) {}

keeper::~keeper() { state_->alarm.cancel(); }

keeper::care keeper::keep(std::shared_ptr<hold> held, renewal how, std::shared_ptr<watcher> told) {
    charge& taken = told->charge_;
    taken.told = told.get();
    taken.held = std::move(held);
    taken.how = how;
    state_->put(taken, taken.next_due());
    return {state_, std::move(told)};
}

keeper::care::care(std::weak_ptr<state> of, std::shared_ptr<watcher> taken)
    : state_(std::move(of)), watcher_(std::move(taken)) {}

keeper::care& keeper::care::operator=(care&& other) noexcept {
    std::swap(state_, other.state_);
    std::swap(watcher_, other.watcher_);
    return *this;
}

keeper::care::~care() {
    const auto keeping = state_.lock();
    if (keeping && watcher_) keeping->drop(watcher_->charge_);
}

void keeper::care::moved() {
    const auto keeping = state_.lock();
    if (keeping && watcher_ && !watcher_->charge_.over)
        keeping->move(watcher_->charge_, watcher_->charge_.next_due());
}

void keeper::care::over() {
    const auto keeping = state_.lock();
    if (keeping && watcher_ && !watcher_->charge_.over) keeping->lose(watcher_->charge_);
}

}  // namespace dibs::locks
