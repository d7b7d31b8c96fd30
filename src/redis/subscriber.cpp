#include "redis/subscriber.hpp"

#include "redis/subscriber_core.hpp"

#include <utility>

namespace dibs::redis {

subscription::subscription(std::weak_ptr<detail::subscriber_core> core,
                           std::shared_ptr<detail::listener> listener)
    : core_(std::move(core)), listener_(std::move(listener)) {}

subscription& subscription::operator=(subscription&& other) noexcept {
    if (this != &other) {
        unsubscribe();
        core_ = std::move(other.core_);
        listener_ = std::move(other.listener_);
    }
    return *this;
}

subscription::~subscription() { unsubscribe(); }

void subscription::unsubscribe() noexcept {
    const auto listener = std::exchange(listener_, nullptr);
    if (!listener) return;
    listener->active = false;
    if (const auto core = core_.lock()) core->remove(*listener);
}

bool subscription::active() const { return listener_ && listener_->active; }

subscriber::subscriber(asio::any_io_executor executor, endpoint target, subscriber_options options)
    : core_(std::make_shared<detail::subscriber_core>(std::move(executor), std::move(target), options)) {}

subscriber::subscriber(subscriber&&) noexcept = default;

subscriber& subscriber::operator=(subscriber&& other) noexcept {
    std::swap(core_, other.core_);
    return *this;
}

subscriber::~subscriber() {
    if (core_) core_->shut_down("its subscriber was destroyed");
}

task<subscription> subscriber::subscribe(std::string channel, handler on_message, deadline until) {
    return subscribe(std::move(channel), std::move(on_message), nullptr, until);
}

task<subscription> subscriber::subscribe(std::string channel, handler on_message,
                                         resubscribed on_resubscribed, deadline until) {
    const auto core = core_;
    const auto listener = core->make_listener(std::move(channel));
    listener->on_message = std::move(on_message);
    listener->on_resubscribed = std::move(on_resubscribed);
    core->add(listener);
    subscription made(core, listener);  // leaves again when the wait fails or is cancelled
    const bool in_time = co_await listener->settled.wait_until(until);
    if (listener->failed) std::rethrow_exception(listener->failed);
    if (!in_time) core->too_late(*listener);
    co_return made;
}

task<void> subscriber::close() {
    core_->shut_down("the subscriber was closed");
    co_return;
}

const endpoint& subscriber::target() const { return core_->target(); }
bool subscriber::connected() const { return core_->connected(); }
std::uint64_t subscriber::generation() const { return core_->generation(); }
std::size_t subscriber::channels() const { return core_->channels(); }

}  // namespace dibs::redis
