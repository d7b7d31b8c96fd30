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
    account(const client_core& core, const lock_request& wanted)
        : told_(core.observer().get()), wanted_(wanted) {}

    void close(how_ended ended, locks::grant_story story = {.tries = 0}) const {
        if (told_)
            told_->acquired(
                {wanted_.name, wanted_.algorithm, ended, steady::now() - asked_, story.tries, story.handoff});
    }

   private:
    observer* told_;
    const lock_request& wanted_;
    deadline asked_ = told_ ? steady::now() : deadline();
};

}  // namespace

task<std::unique_ptr<lease_parts>> acquire_parts(std::shared_ptr<client_core> core, lock_request request) {
    const account opened(*core, request);
    std::optional<locks::lease> granted;
    try {
        granted = co_await core->acquire(request);
    } catch (const boost::system::system_error&) {
        opened.close(how_ended::cancelled);
        throw;
    } catch (...) {
        opened.close(how_ended::failed);
        throw;
    }
    if (!granted) {
        opened.close(how_ended::busy);
        co_return nullptr;
    }
    opened.close(how_ended::granted, granted->held()->story());
    co_return std::make_unique<lease_parts>(std::move(core), std::move(*granted), request);
}

task<std::unique_ptr<lease_parts>> acquire_parts(std::shared_ptr<client_core> core, lock_request request,
                                                 std::stop_token stop) {
    const auto executor = core->executor();
    const auto stopped = std::make_shared<event>(executor);
    // It is called by whoever requests the stop, on any thread, and may outlive this coroutine.
    auto tell = [executor, stopped] { asio::post(executor, [stopped] { stopped->set(); }); };
    const std::stop_callback on_stop(stop, std::move(tell));
    std::optional<std::unique_ptr<lease_parts>> parts;
    auto work = keep(acquire_parts(std::move(core), std::move(request)), parts);
    const auto first = co_await first_of(std::move(work), stopped->wait());
    // A lease that was granted as the stop came is dropped, and given back.
    if (first != 0) throw boost::system::system_error(asio::error::operation_aborted);
    co_return std::move(*parts);
}

}  // namespace dibs::detail
