#include "core/gate.hpp"

#include "core/wakeup.hpp"

#include <dibs/error.hpp>

#include <list>

namespace dibs {

struct gate::state {
    asio::any_io_executor executor;
    std::string what;
    limits bounds;
    std::size_t inside = 0;
    std::list<place*> waiting;

    void leave();
};

/// One who waits; lives in the frame of enter(), and leaves the line however that ends.
class gate::place {
   public:
    explicit place(std::shared_ptr<state> entered) : state_(std::move(entered)), turn_(state_->executor) {
        at_ = state_->waiting.insert(state_->waiting.end(), this);
    }
    place(const place&) = delete;
    place& operator=(const place&) = delete;
    ~place() {
        if (!admitted_)
            state_->waiting.erase(at_);
        else if (!taken_)
            state_->leave();
    }

    void admit() {
        state_->waiting.erase(at_);
        admitted_ = true;
        turn_.wake();
    }

    task<bool> wait_until(deadline until) {
        co_await turn_.wait_until(until);
        taken_ = admitted_;
        co_return taken_;
    }

   private:
    std::shared_ptr<state> state_;
    std::list<place*>::iterator at_;
    wakeup turn_;
    bool admitted_ = false;
    bool taken_ = false;
};

void gate::state::leave() {
    // The place inside is handed over, not freed, so that nobody slips in between.
    if (waiting.empty())
        --inside;
    else
        waiting.front()->admit();
}

gate::pass& gate::pass::operator=(pass&& other) noexcept {
    std::swap(state_, other.state_);
    return *this;
}

gate::pass::~pass() {
    if (state_) state_->leave();
}

gate::gate(asio::any_io_executor executor, std::string what, limits bounds)
    : state_(std::make_shared<state>(state{std::move(executor), std::move(what), bounds, 0, {}})) {}

task<std::optional<gate::pass>> gate::enter(deadline until) {
    const auto shared = state_;
    if (shared->inside < shared->bounds.inside) {
        ++shared->inside;
        co_return pass(shared);
    }
    if (shared->waiting.size() >= shared->bounds.waiting)
        throw error(fault::exhausted, "dibs", shared->what, "as many wait for it in this process as may");
    place mine(shared);
    if (!co_await mine.wait_until(until)) co_return std::nullopt;
    co_return pass(shared);
}

std::size_t gate::inside() const { return state_->inside; }
std::size_t gate::waiting() const { return state_->waiting.size(); }

}  // namespace dibs
