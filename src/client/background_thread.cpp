#include "client/background_thread.hpp"

#include "locks/timing.hpp"

#include <utility>

namespace dibs::detail {

background_thread::background_thread()
    : io_(std::make_shared<boost::asio::io_context>(1)), work_(io_->get_executor()) {
    std::promise<void> over;
    over_ = over.get_future();
    thread_ = std::thread([io = io_, over = std::move(over)]() mutable {
        io->run();
        over.set_value();
    });
}

background_thread::~background_thread() {
    work_.reset();
    if (thread_.get_id() == std::this_thread::get_id()) {
        thread_.detach();
        return;
    }
    if (over_.wait_for(locks::clean_up_time) != std::future_status::ready) io_->stop();
    thread_.join();
}

}  // namespace dibs::detail
