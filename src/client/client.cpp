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

task<std::optional<lease>> acquire_on(asio::any_io_executor executor,
                                      std::shared_ptr<background_thread> thread,
                                      task<std::unique_ptr<detail::lease_parts>> work) {
    const bool here = executor == co_await asio::this_coro::executor;
    std::unique_ptr<detail::lease_parts> parts;
    if (here)
        parts = co_await std::move(work);
    else
        parts = co_await detail::run_on(std::move(executor), std::move(work));
    if (!parts) co_return std::nullopt;
    co_return lease(std::move(parts), std::move(thread));
}

}  // namespace

client::client(std::shared_ptr<background_thread> thread, std::shared_ptr<client_core> core)
    : thread_(std::move(thread)), core_(std::move(core)) {}

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
    return acquire_on(core_->executor(), thread_, detail::acquire_parts(core_, std::move(request)));
}

asio::awaitable<std::optional<lease>> client::acquire(lock_request request, std::stop_token stop) {
    auto work = detail::acquire_parts(core_, std::move(request), std::move(stop));
    return acquire_on(core_->executor(), thread_, std::move(work));
}

asio::awaitable<void> client::close() {
    auto core = core_;
    co_await detail::run_on(core->executor(), core->close());
}

const asio::any_io_executor& client::executor() const { return core_->executor(); }

}  // namespace dibs
