#include "locks/keeper.hpp"

#include "core/spawn.hpp"
#include "locks/renewal.hpp"

#include <boost/asio/steady_timer.hpp>

#include <map>
#include <utility>

namespace dibs::locks {

struct keeper::charge {
    std::shared_ptr<hold> held;
    renewal how;
    std::shared_ptr<watcher> told;
    std::exception_ptr failure = {};  // of the last try, until one succeeds
    deadline due = {};                // of the renewal that is under way, or is tried again
    std::multimap<deadline, std::shared_ptr<charge>>::iterator at = {};
    bool over = false;

    deadline next_due() const {
        const auto until = held->valid_until();
        return how == renewal::automatic ? renew_at(steady::now(), until, held->duration())
                                         : give_up_at(until, held->duration());
    }
};

struct keeper::state : std::enable_shared_from_this<state> {
    explicit state(const asio::any_io_executor& on) : executor(on), alarm(on) {}

    void put(const std::shared_ptr<charge>& who, deadline due);
    void move(const std::shared_ptr<charge>& who, deadline due);
    void drop(charge& who);
    void ring_at(deadline due);
    void ring();
    void attend(const std::shared_ptr<charge>& who, deadline now);
    static task<void> renew(std::shared_ptr<state> keeping, std::shared_ptr<charge> who);
    void lose(charge& who);

    asio::any_io_executor executor;
    asio::steady_timer alarm;
    // A lease that goes leaves the alarm as it is: setting it costs more than a ring for nothing.
    deadline rings_at = deadline::max();
    std::multimap<deadline, std::shared_ptr<charge>> agenda;
};

void keeper::state::put(const std::shared_ptr<charge>& who, deadline due) {
    who->at = agenda.emplace(due, who);
    if (due < rings_at) ring_at(due);
}

void keeper::state::move(const std::shared_ptr<charge>& who, deadline due) {
    agenda.erase(who->at);
    put(who, due);
}

void keeper::state::drop(charge& who) {
    if (std::exchange(who.over, true)) return;
    who.told = nullptr;
    agenda.erase(who.at);
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
    while (!agenda.empty() && agenda.begin()->first <= now) {
        const auto who = agenda.begin()->second;
        attend(who, now);
    }
    if (!agenda.empty() && agenda.begin()->first < rings_at) ring_at(agenda.begin()->first);
}

void keeper::state::attend(const std::shared_ptr<charge>& who, deadline now) {
    const auto last_moment = give_up_at(who->held->valid_until(), who->held->duration());
    if (now >= last_moment) return lose(*who);
    if (!who->failure) who->due = who->at->first;
    move(who, last_moment);  // whatever becomes of the renewal
    spawn(executor, renew(shared_from_this(), who));
}

task<void> keeper::state::renew(std::shared_ptr<state> keeping, std::shared_ptr<charge> who) {
    const auto pause = retry_interval(who->held->duration());
    const auto last_moment = give_up_at(who->held->valid_until(), who->held->duration());
    bool extended = false;
    std::exception_ptr failure;
    try {
        extended = co_await who->held->renew(who->held->duration(), std::min(after(pause), last_moment));
    } catch (...) {
        failure = std::current_exception();
    }
    if (who->over) co_return;
    who->failure = failure;
    if (failure)
        keeping->move(who, std::min(after(pause), last_moment));
    else if (extended) {
        who->told->renewed(steady::now() - who->due);
        if (!who->over) keeping->move(who, who->next_due());
    } else
        keeping->lose(*who);
}

void keeper::state::lose(charge& who) {
    const auto told = std::move(who.told);
    drop(who);
    if (told) told->lost(who.failure);
}

keeper::keeper(const asio::any_io_executor& executor) : state_(std::make_shared<state>(executor)) {}

keeper::~keeper() { state_->alarm.cancel(); }

keeper::care keeper::keep(std::shared_ptr<hold> held, renewal how, std::shared_ptr<watcher> told) {
    auto taken =
        std::make_shared<charge>(charge{.held = std::move(held), .how = how, .told = std::move(told)});
    state_->put(taken, taken->next_due());
    return {state_, std::move(taken)};
}

keeper::care::care(std::weak_ptr<state> of, std::shared_ptr<charge> taken)
    : state_(std::move(of)), charge_(std::move(taken)) {}

keeper::care& keeper::care::operator=(care&& other) noexcept {
    std::swap(state_, other.state_);
    std::swap(charge_, other.charge_);
    return *this;
}

keeper::care::~care() {
    const auto keeping = state_.lock();
    if (keeping && charge_) keeping->drop(*charge_);
}

void keeper::care::renewed() {
    const auto keeping = state_.lock();
    if (keeping && charge_ && !charge_->over) keeping->move(charge_, charge_->next_due());
}

}  // namespace dibs::locks
