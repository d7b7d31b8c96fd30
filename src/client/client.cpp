#include "client/background_thread.hpp"
#include "client/client_core.hpp"
#include "client/hop.hpp"
#include "client/lease_parts.hpp"

#include <dibs/client.hpp>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/use_future.hpp>

#include <utility>

namespace dibs {
namespace {

using detail::background_thread;
using detail::client_core;

/// The core ends on its executor, whoever drops it last.
std::shared_ptr<client_core> make_core(const asio::any_io_executor& executor, const config& servers) {
    auto made = std::make_unique<client_core>(executor, servers);
    auto end = [executor](client_core* core) {
        asio::dispatch(executor, [owned = std::unique_ptr<client_core>(core)] {});
    };
    return {made.release(), std::move(end)};
}

task<void> open(std::shared_ptr<client_core> core) { co_await core->open(); }

task<std::optional<lease>> acquire_with(std::shared_ptr<background_thread> thread,
                                        task<std::optional<lease>> work) {
    auto granted = co_await std::move(work);
    if (!granted) co_return std::nullopt;
    co_return lease(std::move(*granted), std::move(thread));
}

/// What keeps the client's thread, where it has one.
task<std::optional<lease>> with(const std::shared_ptr<background_thread>& thread,
                                task<std::optional<lease>> work) {
    return thread ? acquire_with(thread, std::move(work)) : std::move(work);
}

}  // namespace

client::client(std::shared_ptr<background_thread> thread, std::shared_ptr<client_core> core)
    : thread_(std::move(thread)), core_(std::move(core)) {}

// The former core goes before its thread, as at the end of a client.
client& client::operator=(client other) noexcept {
    core_.swap(other.core_);
    thread_.swap(other.thread_);
    return *this;
}

asio::awaitable<client> client::connect(asio::any_io_executor executor, config servers) {
    auto core = make_core(executor, servers);
    co_await detail::run_on(std::move(executor), open(core));
    co_return client(nullptr, std::move(core));
}

client client::connect(const config& servers) {
    auto thread = std::make_shared<background_thread>();
    const auto executor = thread->executor();
    auto core = make_core(executor, servers);
    asio::co_spawn(executor, open(core), asio::use_future).get();
    return {std::move(thread), std::move(core)};
}

asio::awaitable<std::optional<lease>> client::acquire(lock_request request) {
    return with(thread_, detail::acquire_lease(core_, std::move(request)));
}

asio::awaitable<std::optional<lease>> client::acquire(lock_request request, std::stop_token stop) {
    auto work = detail::acquire_lease(core_, std::move(request), std::move(stop));
    return with(thread_, detail::run_on(core_->executor(), std::move(work)));
}

asio::awaitable<void> client::close() {
    auto core = core_;
    co_await detail::run_on(core->executor(), core->close());
}

const asio::any_io_executor& client::executor() const { return core_->executor(); }

}  // namespace dibs
