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

/// The core ends on its executor, whoever drops it last; its thread, if it has one, after that.
std::shared_ptr<client_core> make_core(const asio::any_io_executor& executor, const config& servers,
                                       std::shared_ptr<background_thread> thread = nullptr) {
    auto made = std::make_unique<client_core>(executor, servers);
    auto end = [executor, thread = std::move(thread)](client_core* core) {
        asio::dispatch(executor, [owned = std::unique_ptr<client_core>(core)] {});
    };
    return {made.release(), std::move(end)};
}

task<void> open(std::shared_ptr<client_core> core) { co_await core->open(); }

task<std::optional<lease>> acquire(std::shared_ptr<client_core> core, lock_request request) {
    const auto how = request.renewal;
    auto granted = co_await core->acquire(std::move(request));
    if (!granted) co_return std::nullopt;
    co_return lease(std::make_unique<detail::lease_parts>(std::move(core), std::move(*granted), how));
}

}  // namespace

client::client(std::shared_ptr<client_core> core) : core_(std::move(core)) {}

asio::awaitable<client> client::connect(asio::any_io_executor executor, config servers) {
    auto core = make_core(executor, servers);
    co_await detail::run_on(std::move(executor), open(core));
    co_return client(std::move(core));
}

client client::connect(const config& servers) {
    auto thread = std::make_shared<background_thread>();
    const auto executor = thread->executor();
    auto core = make_core(executor, servers, std::move(thread));
    asio::co_spawn(executor, open(core), asio::use_future).get();
    return client(std::move(core));
}

asio::awaitable<std::optional<lease>> client::acquire(lock_request request) {
    return detail::run_on(core_->executor(), dibs::acquire(core_, std::move(request)));
}

asio::awaitable<void> client::close() {
    auto core = core_;
    co_await detail::run_on(core->executor(), core->close());
}

const asio::any_io_executor& client::executor() const { return core_->executor(); }

}  // namespace dibs
