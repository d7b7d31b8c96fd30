#include "client/background_thread.hpp"

namespace dibs::detail {

background_thread::background_thread()
    : io_(std::make_shared<boost::asio::io_context>(1)),
      work_(io_->get_executor()),
      thread_([io = io_] { io->run(); }) {}

background_thread::~background_thread() {
    work_.reset();
    if (thread_.get_id() == std::this_thread::get_id())
        thread_.detach();
    else
        thread_.join();
}

}  // namespace dibs::detail
