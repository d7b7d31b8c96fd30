#include "tests/support/http_server.hpp"

#include "core/event.hpp"
#include "tests/support/run_task.hpp"

#include <dibs/error.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <atomic>
#include <semaphore>
#include <stdexcept>
#include <thread>
#include <utility>

namespace dibs::tests {
namespace {

http::response text(std::string body) {
    http::response made;
    made.content_type = "text/plain";
    made.body = std::move(body);
    return made;
}

http::server_options on_loopback(http::server_options options) {
    if (options.address.empty()) options.address = "localhost";
    if (options.port == http::server_options().port) options.port = 0;
    return options;
}

struct counted_end {
    std::atomic<int>& count;
    ~counted_end() { ++count; }
};

}  // namespace

struct http_server::running {
    explicit running(http::server_options options)
        : go(io.get_executor()), server(io.get_executor(), std::move(options), routes()) {
        server.listen();
        served = start_task(io.get_executor(), server.run());
        thread = std::thread([this] { io.run(); });
    }

    http::router routes() {
        using http::method;
        http::router made;
        const auto add = [&made, this](method verb, const char* pattern, auto action) {
            made.add(verb, pattern,
                     [this, action](const http::request& asked, const http::path_params& path) {
                         return (this->*action)(asked, path);
                     });
        };
        add(method::get, "/hello", &running::hello);
        add(method::get, "/items/{name}", &running::item);
        add(method::post, "/echo", &running::echo);
        add(method::get, "/held", &running::held);
        add(method::get, "/large", &running::large);
        add(method::get, "/throws", &running::throws);
        add(method::get, "/away", &running::away);
        add(method::get, "/crlf", &running::crlf);
        add(method::get, "/who", &running::who);
        add(method::get, "/stream", &running::stream);
        add(method::get, "/stream/flood", &running::flood);
        add(method::get, "/stream/fails", &running::fails);
        return made;
    }

    task<http::response> hello(const http::request&, const http::path_params&) { co_return text("hello"); }
    task<http::response> item(const http::request& asked, const http::path_params& path) {
        co_return text(std::string(path.at("name")) + "|" + std::string(asked.query));
    }
    task<http::response> echo(const http::request& asked, const http::path_params&) {
        co_return text(std::string(asked.body));
    }
    task<http::response> held(const http::request&, const http::path_params&) {
        entered.release();
        co_await go.wait();
        ++ended;
        co_return text("released");
    }
    task<http::response> large(const http::request&, const http::path_params&) {
        co_return text(std::string(8UL * 1024 * 1024, 'x'));
    }
    task<http::response> throws(const http::request&, const http::path_params&) {
        throw std::runtime_error("secret\r\nforged log line");
        co_return text("");
    }
    task<http::response> away(const http::request&, const http::path_params&) {
        throw error(fault::unavailable, "secret backend", "GET", "gone");
        co_return text("");
    }
    task<http::response> crlf(const http::request&, const http::path_params&) {
        http::response made = text("");
        made.headers.emplace_back("X-Shown", "a\r\nX-Forged: b");
        co_return made;
    }

    task<http::response> who(const http::request& asked, const http::path_params&) {
        co_return text(asked.client.to_string() + "|" + std::string(asked.id) + "|" +
                       std::string(asked.traceparent));
    }
    task<http::response> stream(const http::request&, const http::path_params&) {
        co_return streamed([this](http::stream_writer& to) { return two_pieces(to); });
    }
    task<http::response> flood(const http::request&, const http::path_params&) {
        co_return streamed([this](http::stream_writer& to) { return endless(to); });
    }
    task<http::response> fails(const http::request&, const http::path_params&) {
        co_return streamed([this](http::stream_writer& to) { return failing(to); });
    }
    static http::response streamed(http::stream_producer from) {
        http::response made = text("never sent");
        made.stream = std::move(from);
        return made;
    }
    task<void> two_pieces(http::stream_writer& to) {
        const counted_end at_the_end{ended};
        co_await to.write("one\n");
        entered.release();
        co_await go.wait();
        co_await to.write("");
        co_await to.write("two\n");
    }
    task<void> endless(http::stream_writer& to) {
        const counted_end at_the_end{ended};
        const std::string much(64UL * 1024, 'x');
        for (;;) co_await to.write(much);
    }
    task<void> failing(http::stream_writer& to) {
        co_await to.write("one\n");
        throw std::runtime_error("secret");
    }

    asio::io_context io{1};
    event go;
    std::counting_semaphore<> entered{0};
    std::atomic<int> ended = 0;
    http::server server;
    std::future<void> served;
    asio::executor_work_guard<asio::io_context::executor_type> work = asio::make_work_guard(io);
    std::thread thread;
};

http_server::http_server(http::server_options options)
    : running_(std::make_unique<running>(on_loopback(std::move(options)))), port_(running_->server.port()) {}

http_server::~http_server() {
    stop(std::chrono::milliseconds(0)).wait();
    running_->served.wait();
    running_->work.reset();
    running_->thread.join();
}

http::server::counters http_server::count() const {
    std::promise<http::server::counters> counted;
    asio::post(running_->io, [this, &counted] { counted.set_value(running_->server.count()); });
    return counted.get_future().get();
}

bool http_server::await_connections(std::size_t at_most) const {
    const auto until = after(std::chrono::seconds(20));
    while (count().connections > at_most)
        if (steady::now() > until) return false;
    return true;
}

void http_server::await_held() {
    if (!running_->entered.try_acquire_for(std::chrono::seconds(20)))
        throw std::runtime_error("no handler of /held was called");
}

void http_server::let_go() {
    asio::post(running_->io, [this] { running_->go.set(); });
}

int http_server::ended() const { return running_->ended; }

void http_server::reload_tls() {
    // As text: of an exception that two threads share ThreadSanitizer does not see who lets go of it last.
    std::packaged_task<std::string()> reload([this]() -> std::string {
        try {
            running_->server.reload_tls();
            return {};
        } catch (const error& refused) {
            return refused.what();
        }
    });
    auto done = reload.get_future();
    asio::post(running_->io, std::move(reload));
    if (const auto refused = done.get(); !refused.empty())
        throw error(fault::bad_input, "http", "reload", refused);
}

std::future<void> http_server::stop(std::chrono::milliseconds within) {
    return start_task(running_->io.get_executor(), running_->server.stop(after(within)));
}

}  // namespace dibs::tests
