#pragma once

#include "fault/proxy.hpp"
#include "sandbox/redis_server.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <functional>
#include <optional>
#include <string>
#include <thread>

namespace dibs::faults {

/// A proxy before a Redis server, on a thread of its own, for a caller that blocks.
class proxy_thread {
   public:
    explicit proxy_thread(const sandbox::redis_server& server, std::uint64_t seed);
    proxy_thread(const proxy_thread&) = delete;
    proxy_thread& operator=(const proxy_thread&) = delete;
    ~proxy_thread();

    /// Runs `change` on the proxy's thread, and waits for it; throws what it throws.
    void change(const std::function<void(proxy&)>& change);
    /// From now on to another server, at the same address; all connections are reset.
    void lead_to(const sandbox::redis_server& server);

    /// The server's URL as its clients reach it through the proxy.
    const std::string& url() const { return url_; }
    std::uint16_t port() const { return port_; }

   private:
    void run(const std::function<void()>& what);

    std::uint64_t seed_;
    asio::io_context io_{1};
    asio::executor_work_guard<asio::io_context::executor_type> busy_{io_.get_executor()};
    std::jthread thread_;
    std::optional<proxy> proxy_;
    std::string url_;
    std::uint16_t port_ = 0;
};

}  // namespace dibs::faults
