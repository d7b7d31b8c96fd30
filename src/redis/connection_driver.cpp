// The coroutine of a connection, which connects and reads.
#include "core/log.hpp"
#include "redis/connection_core.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <array>
#include <utility>

namespace dibs::redis {

/// Whoever waits for a reply is owned by the core, and may own the core in turn. Where the executor goes with
/// all that it runs, this coroutine is what goes for certain: it takes them along.
class connection::core::driver {
   public:
    explicit driver(std::shared_ptr<core> of) : core_(std::move(of)) {}
    driver(const driver&) = delete;
    driver& operator=(const driver&) = delete;
    ~driver() {
        core_->driving_ = false;
        core_->forsake();
    }

   private:
    std::shared_ptr<core> core_;
};

void connection::core::forsake() {
    outcomes batch;
    line_.lose({}, batch);
    line_.refuse_queued({}, batch);
    if (batch.empty()) return;
    closed_ = true;
    std::vector<std::unique_ptr<continuation>> waiting;
    for (auto& ended : batch) waiting.push_back(std::move(static_cast<call&>(*ended.who).waiting));
}

task<void> connection::core::drive() {
    const driver alive(shared_from_this());
    try {
        while (!closed_ && line_.has_queued()) {
            co_await connect();
            if (connected_) co_await listen();
        }
    } catch (const boost::system::system_error&) {
        if (!closed_) throw;
    }
}

task<void> connection::core::connect() {
    if (not_before_ > steady::now()) {
        pause_.expires_at(not_before_);
        co_await pause_.async_wait(asio::use_awaitable);
    }
    if (!line_.has_queued()) co_return;
    try {
        adopt(co_await establish(target_, names_, after(options_.connect_timeout)));
        co_return;
    } catch (const error& failed) {
        if (closed_) co_return;
        not_before_ = after(reconnect_.after_failure());
        if (!std::exchange(away_, true)) log(log_level::warning, "no connection: {}", failed.what());
        line_.set_obstacle(failed.what());
        if (failed.kind() == fault::refused) {
            outcomes batch = spare_batch();
            line_.refuse_queued({fault::refused, failed.what()}, batch);
            deliver(std::move(batch));
        }
    }
}

void connection::core::adopt(link made) {
    if (closed_) return;
    socket_ = std::move(made.socket);
    client_ = std::move(made.client);
    hung_up_.clear();
    line_.set_obstacle({});
    connected_ = true;
    socket_full_ = false;
    if (std::exchange(away_, false) || generation_ > 0)
        log(log_level::info, "{}: connected again", target_.describe());
    ++generation_;
    flush();
}

task<void> connection::core::listen() {
    std::array<char, 16384> buffer{};
    boost::system::error_code failed;
    while (connected_) {
        const std::size_t size = co_await socket_.async_read_some(
            asio::buffer(buffer), asio::redirect_error(asio::use_awaitable, failed));
        if (!connected_) break;
        if (failed) {
            lose(hung_up_.empty() ? failed.message() : hung_up_);
            break;
        }
        take_in({buffer.data(), size});
    }
}

void connection::core::take_in(std::string_view bytes) {
    outcomes batch = spare_batch();
    try {
        line_.feed(bytes, batch);
        reconnect_.success();
    } catch (const protocol_error& broken) {
        hang_up(broken.what());
    }
    deliver(std::move(batch));
}

void connection::core::lose(const std::string& cause) {
    log(log_level::warning, "{}: the connection was lost: {}", target_.describe(), cause);
    outcomes batch = spare_batch();
    line_.lose(cause, batch);
    connected_ = false;
    boost::system::error_code ignored;
    socket_.close(ignored);
    for (auto& ended : batch) {  // with the identity of the connection that is gone
        auto& asked = static_cast<call&>(*ended.who);
        settle(asked, ended);
    }
    client_.reset();
    deliver(std::move(batch));
}

}  // namespace dibs::redis
