#include "client/hop.hpp"
#include "client/lease_parts.hpp"
#include "core/event.hpp"
#include "core/timeout.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>

#include <exception>
#include <utility>

namespace dibs::detail {
namespace {

using how_ended = acquisition::outcome;

/// Tells the observer how an acquire() ended.
class account {
   public:
    account(const client_core& core, const lock_request& wanted) : told_(core.observer().get()) {
        if (told_) opened_.emplace(opening{wanted.name, wanted.algorithm, steady::now()});
    }

    void close(how_ended ended, locks::grant_story story = {.tries = 0}) const {
        if (opened_)
            told_->acquired({opened_->name, opened_->kind, ended, steady::now() - opened_->asked, story.tries,
                             story.handoff});
    }

   private:
    struct opening {
        lock_name name;
        algorithm kind;
        deadline asked;
    };
    observer* told_;
    std::optional<opening> opened_;  // where somebody is told
};

}  // namespace

task<std::optional<lease>> acquire_lease(std::shared_ptr<client_core> core, lock_request request) {
    const auto executor = core->executor();
    const auto here = co_await asio::this_coro::executor;
    if (here != executor) {
        auto work = acquire_lease(std::move(core), std::move(request));
        co_return co_await run_on(executor, std::move(work));
    }
    const account opened(*core, request);
    const lease_terms terms{request.algorithm, request.renewal};
    std::optional<locks::lease> granted;
    try {
        granted = co_await core->acquire(std::move(request));
    } catch (const boost::system::system_error&) {
        opened.close(how_ended::cancelled);
        throw;
    } catch (...) {
        opened.close(how_ended::failed);
        throw;
    }
    if (!granted) {
        opened.close(how_ended::busy);
        co_return std::nullopt;
    }
    opened.close(how_ended::granted, granted->held()->story());
    co_return lease(std::make_unique<lease_parts>(std::move(core), std::move(*granted), terms));
}

task<std::optional<lease>> acquire_lease(std::shared_ptr<client_core> core, lock_request request,
                                         std::stop_token stop) {
    const auto executor = core->executor();
    const auto stopped = std::make_shared<event>(executor);
    // It is called by whoever requests the stop, on any thread, and may outlive this coroutine.
    auto tell = [executor, stopped] { asio::post(executor, [stopped] { stopped->set(); }); };
    const std::stop_callback on_stop(stop, std::move(tell));
    std::optional<std::optional<lease>> granted;
    auto work = keep(acquire_lease(std::move(core), std::move(request)), granted);
    const auto first = co_await first_of(std::move(work), stopped->wait());
    // A lease that was granted as the stop came is dropped, and given back.
    if (first != 0) throw boost::system::system_error(asio::error::operation_aborted);
    co_return std::move(*granted);
}

}  // namespace dibs::detail
