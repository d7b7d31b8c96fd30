#include "fault/proxy_thread.hpp"

#include <boost/asio/post.hpp>

#include <future>

namespace dibs::faults {

proxy_thread::proxy_thread(const sandbox::redis_server& server, std::uint64_t seed)
    : seed_(seed), thread_([this] { io_.run(); }) {
    run([&] {
        proxy_.emplace(io_.get_executor(), endpoint_of(server), proxy_options{.seed = seed_});
        url_ = url_through(*proxy_, server);
        port_ = proxy_->port();
    });
}

proxy_thread::~proxy_thread() {
    run([this] { proxy_.reset(); });
    busy_.reset();
}

void proxy_thread::run(const std::function<void()>& what) {
    std::packaged_task<void()> work(what);
    auto done = work.get_future();
    asio::post(io_, [&work] { work(); });
    done.get();
}

void proxy_thread::change(const std::function<void(proxy&)>& change) {
    run([&] { change(*proxy_); });
}

void proxy_thread::lead_to(const sandbox::redis_server& server) {
    run([&] {
        const proxy_options at{.listen = proxy_->address(), .seed = seed_};
        proxy_->reset_all();
        proxy_.reset();
        proxy_.emplace(io_.get_executor(), endpoint_of(server), at);
    });
}

}  // namespace dibs::faults
