#include "measure/user.hpp"

#include <dibs/lease.hpp>

#include <optional>
#include <stdexcept>
#include <utility>

namespace dibs::measure {
namespace {

class client_user final : public user {
   public:
    client_user(client locks, lock_request wanted) : locks_(std::move(locks)), wanted_(std::move(wanted)) {}

    task<bool> acquire(std::chrono::milliseconds wait) override {
        wanted_.wait = wait;
        held_ = co_await locks_.acquire(wanted_);
        co_return held_.has_value();
    }

    task<void> release() override {
        co_await held_->release();
        held_.reset();
    }

   private:
    client locks_;
    lock_request wanted_;
    std::optional<lease> held_;
};

}  // namespace

user_maker users_of(client locks) {
    return [locks = std::move(locks)](lock_request wanted) {
        return std::make_unique<client_user>(locks, std::move(wanted));
    };
}

task<void> cycle(user& who) {
    const bool had = co_await who.acquire(std::chrono::milliseconds::zero());
    if (!had) throw std::runtime_error("dibs measure: a lock that should be free was held");
    co_await who.release();
}

task<void> repeat_cycle(user& who, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) co_await cycle(who);
}

}  // namespace dibs::measure
