#include "locks/turnstile.hpp"

#include <dibs/error.hpp>

#include <utility>

namespace dibs::locks {

struct turnstile::line {
    explicit line(std::string what) : name(std::move(what)) {}
    std::string name;
    std::size_t inside = 0;
    std::list<place*> waiting;
};

/// One who waits; lives in the frame of enter(), and leaves the line however that ends.
class turnstile::place {
   public:
    place(turnstile& owner, std::shared_ptr<line> entered)
        : owner_(owner), line_(std::move(entered)), turn_(owner.executor_) {
        at_ = line_->waiting.insert(line_->waiting.end(), this);
    }
    place(const place&) = delete;
    place& operator=(const place&) = delete;
    ~place() {
        if (!admitted_)
            line_->waiting.erase(at_);
        else if (!taken_)
            owner_.leave(line_);
    }

    void admit() {
        line_->waiting.erase(at_);
        admitted_ = true;
        turn_.wake();
    }

    task<bool> wait_until(deadline until) {
        co_await turn_.wait_until(until);
        taken_ = admitted_;
        co_return taken_;
    }

   private:
    turnstile& owner_;
    std::shared_ptr<line> line_;
    std::list<place*>::iterator at_;
    wakeup turn_;
    bool admitted_ = false;
    bool taken_ = false;
};

turnstile::pass::~pass() {
    if (line_) owner_->leave(line_);
}

task<std::optional<turnstile::pass>> turnstile::enter(lock_name name, deadline until) {
    auto& slot = lines_[name.text()];
    if (!slot) slot = std::make_shared<line>(name.text());
    auto entered = slot;
    if (entered->inside < limits_.width) {
        ++entered->inside;
        co_return pass(*this, std::move(entered));
    }
    if (entered->waiting.size() >= limits_.waiting)
        throw error(fault::exhausted, "dibs", name.text(),
                    "this process has as many waiters for the name as it allows");
    place mine(*this, entered);
    if (!co_await mine.wait_until(until)) co_return std::nullopt;
    co_return pass(*this, std::move(entered));
}

void turnstile::leave(const std::shared_ptr<line>& left) {
    // The place inside is handed over, not freed, so that nobody slips in between.
    if (!left->waiting.empty())
        left->waiting.front()->admit();
    else if (--left->inside == 0)
        lines_.erase(left->name);
}

}  // namespace dibs::locks
