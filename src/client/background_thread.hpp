#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <future>
#include <memory>
#include <thread>

namespace dibs::detail {

/// A thread that runs an io_context until this goes and nothing is left to do there, or not within
/// locks::clean_up_time: what is left then ends with its lease.
class background_thread {
   public:
    background_thread();
    background_thread(const background_thread&) = delete;
    background_thread& operator=(const background_thread&) = delete;
    ~background_thread();

    boost::asio::any_io_executor executor() const { return io_->get_executor(); }

   private:
    std::shared_ptr<boost::asio::io_context> io_;  // the thread's too: it may be the one that ends this
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    std::future<void> over_;  // nothing is left to do
    std::thread thread_;
};

}  // namespace dibs::detail
