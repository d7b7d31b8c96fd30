#pragma once

#include "core/asio.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <memory>

struct pg_conn;

namespace dibs::postgres {

/// libpq's socket, to be waited for under a deadline. libpq alone reads, writes and closes it.
class link {
   public:
    explicit link(const asio::any_io_executor& executor);
    link(const link&) = delete;
    link& operator=(const link&) = delete;
    ~link();

    /// libpq may change its socket while it connects.
    void follow(pg_conn* connection);
    void let_go();

    /// Both throw deadline_passed after the deadline, boost::system::system_error when the caller is
    /// cancelled.
    task<void> readable();
    task<void> writable();

    struct deadline_passed {};

    /// While one of these lives, waits end at the deadline.
    class watch {
       public:
        watch(link& over, deadline until);
        watch(const watch&) = delete;
        watch& operator=(const watch&) = delete;
        ~watch();

       private:
        link& link_;
    };

   private:
    struct state;
    task<void> wait(asio::posix::stream_descriptor::wait_type what);

    std::shared_ptr<state> state_;
};

}  // namespace dibs::postgres
