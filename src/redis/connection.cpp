#include "redis/connection.hpp"

#include "redis/connection_core.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>

#include <utility>

namespace dibs::redis {

refusal::refusal(std::string backend, std::string subject, const std::string& answer)
    : error(fault::refused, std::move(backend), std::move(subject), answer),
      code_(answer.substr(0, answer.find(' '))) {}

bool refusal::passes_with_time() const {
    return code_ == "LOADING" || code_ == "BUSY" || code_ == "READONLY";
}

connection::connection(asio::any_io_executor executor, endpoint target, connection_options options)
    : core_(std::make_shared<core>(std::move(executor), std::move(target), options)) {}

connection::connection(connection&&) noexcept = default;

connection& connection::operator=(connection&& other) noexcept {
    std::swap(core_, other.core_);
    return *this;
}

connection::~connection() {
    if (core_) core_->shut_down("its connection was destroyed");
}

task<reply> connection::execute(command what, deadline until, when_cancelled then) {
    call asked(std::move(what), until);
    core_->admit(asked);
    // While it waits, the coroutine belongs to its handler and does not keep the core alive: the core ends
    // it.
    auto wait = [core = core_.get(), pending = &asked, then](auto handler) {
        auto slot = then == when_cancelled::give_up ? asio::get_associated_cancellation_slot(handler)
                                                    : asio::cancellation_slot();
        pending->waiting = std::make_unique<continuation_of<decltype(handler)>>(std::move(handler));
        core->start(*pending);
        if (slot.is_connected())
            slot.assign([core, pending](asio::cancellation_type) { core->cancel(*pending); });
    };
    co_await asio::async_initiate<const asio::deferred_t, void()>(wait, asio::deferred);
    if (asked.failed) std::rethrow_exception(asked.failed);
    co_return std::move(asked.answer);
}

task<void> connection::close() {
    core_->shut_down("the connection was closed");
    co_return;
}

const endpoint& connection::target() const { return core_->target(); }
bool connection::connected() const { return core_->connected(); }
std::uint64_t connection::generation() const { return core_->generation(); }
const std::optional<client_identity>& connection::client() const { return core_->client(); }
std::size_t connection::outstanding() const { return core_->outstanding(); }

}  // namespace dibs::redis
