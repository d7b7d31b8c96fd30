#pragma once

#include "core/asio.hpp"

#include <dibs/lock.hpp>

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace dibs::locks {

/// One T per name, made on first use and dropped when nobody has used it for a while (subscriptions cost a
/// round trip, so they outlive the wait that needed them). Not thread-safe.
template <class T>
class kept {
   public:
    using maker = std::function<std::shared_ptr<T>(const lock_name&)>;

    kept(const asio::any_io_executor& executor, steady::duration idle, maker make)
        : state_(std::make_shared<state>(executor, idle, std::move(make))) {}
    kept(const kept&) = delete;
    kept& operator=(const kept&) = delete;
    ~kept() { state_->timer.cancel(); }

    /// Keep the result for as long as it is in use.
    std::shared_ptr<T> of(const lock_name& name) {
        auto& slot = state_->things[name.text()];
        if (!slot.thing) slot.thing = state_->make(name);
        slot.used = true;
        if (!std::exchange(state_->sweeping, true)) sweep_later(state_);
        return slot.thing;
    }

    template <class Visitor>
    void for_each(Visitor visit) {
        for (auto& [name, slot] : state_->things) visit(*slot.thing);
    }

   private:
    struct entry {
        std::shared_ptr<T> thing;
        bool used = false;  // since the last sweep
        deadline last_use = {};
    };
    struct state {
        state(const asio::any_io_executor& executor, steady::duration kept_idle, maker how)
            : timer(executor), idle(kept_idle), make(std::move(how)) {}
        asio::steady_timer timer;
        steady::duration idle;
        maker make;
        std::map<std::string, entry, std::less<>> things;
        bool sweeping = false;
    };

    static void sweep_later(const std::shared_ptr<state>& shared) {
        shared->timer.expires_after(shared->idle);
        shared->timer.async_wait([weak = std::weak_ptr<state>(shared)](boost::system::error_code cancelled) {
            const auto alive = weak.lock();
            if (cancelled || !alive) return;
            sweep(*alive);
            alive->sweeping = !alive->things.empty();
            if (alive->sweeping) sweep_later(alive);
        });
    }

    static void sweep(state& shared) {
        const auto now = steady::now();
        for (auto& [name, kept_entry] : shared.things)
            if (std::exchange(kept_entry.used, false) || kept_entry.thing.use_count() > 1)
                kept_entry.last_use = now;
        std::erase_if(shared.things,
                      [&](const auto& item) { return now - item.second.last_use >= shared.idle; });
    }

    std::shared_ptr<state> state_;
};

}  // namespace dibs::locks
