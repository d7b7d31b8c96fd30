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

    /// They throw deadline_passed after the deadline, boost::system::system_error when the caller is
    /// cancelled.
    task<void> readable();
    task<void> writable();
    task<void> readable_or_writable();

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
    using wait_type = asio::posix::stream_descriptor::wait_type;
    using error_code = boost::system::error_code;
    static task<error_code> wait(std::shared_ptr<state> on, wait_type what);
    void check(const error_code& ended) const;

    std::shared_ptr<state> state_;
};

}  // namespace dibs::postgres
