#include "cli/serve/serve_run.hpp"

#include "cli/say.hpp"
#include "cli/serve/operations_port.hpp"
#include "cli/serve/serve_log.hpp"
#include "cli/serve/serve_metrics.hpp"
#include "cli/serve/service_manager.hpp"
#include "core/event.hpp"
#include "core/run.hpp"
#include "core/task_group.hpp"
#include "core/timeout.hpp"
#include "coupon/accounts/access_metrics.hpp"
#include "coupon/claims/claim_observers.hpp"
#include "coupon/claims/metrics.hpp"
#include "coupon/service.hpp"
#include "http/server.hpp"
#include "page/claim_recorder.hpp"
#include "page/lock_recorder.hpp"
#include "page/pages.hpp"
#include "sandbox/servers.hpp"

#include <dibs/error.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dibs::cli {
namespace {

sandbox::servers start_sandbox(coupon::service_options& to) {
    sandbox::options wanted;
    wanted.redis_masters = sandbox::redlock_masters;
    auto servers = sandbox::servers::start(wanted);
    to.redis = redis::endpoint_from_url(servers.redis_url());
    for (const auto& url : servers.redlock_urls()) to.masters.push_back(redis::endpoint_from_url(url));
    to.postgres = servers.postgres_url();
    say("dibs serve: Redis and PostgreSQL of its own in {}; their data goes at exit\n",
        servers.folder().native());
    if (const auto warning = servers.warning()) say("dibs serve: {}\n", *warning);
    return servers;
}

std::string shown_url(const serve_flags& flags, std::uint16_t port) {
    const char* const scheme = flags.http.tls_certificate.empty() ? "http" : "https";
    if (flags.address.empty()) return fmt::format("{}://localhost:{}", scheme, port);
    const bool six = flags.address.find(':') != std::string::npos;
    return fmt::format("{}://{}{}{}:{}", scheme, six ? "[" : "", flags.address, six ? "]" : "", port);
}

task<void> serve_until(http::server& server, event& ended) {
    try {
        co_await server.run();
    } catch (...) {
        ended.set();
        throw;
    }
}

/// What SIGHUP asks for.
void read_again(const char* what, const std::function<void()>& read) {
    try {
        read();
        spdlog::info("SIGHUP: {} was read again", what);
    } catch (const std::exception& wrong) {
        spdlog::error("SIGHUP: {} stays as it is: {}", what, wrong.what());
    }
}

boost::json::object log_entry(const http::answered_request& of) {
    boost::json::object entry{{"message", "request"}, {"request_id", of.request_id}};
    if (!of.trace_id.empty()) entry["trace_id"] = of.trace_id;
    entry["client"] = of.client.to_string();
    entry["method"] = to_string(of.verb);
    entry["path"] = of.path;
    entry["status"] = of.status;
    entry["seconds"] = std::chrono::duration<double>(of.took).count();
    entry["bytes"] = of.bytes;
    return entry;
}

/// What is served, and how it is brought to an end.
class service_run {
   public:
    service_run(const asio::any_io_executor& executor, const serve_flags& flags, serve_options options)
        : executor_(executor),
          flags_(flags),
          options_(std::move(options)),
          service_(executor, with_observers(options_.service)),
          pages_(executor,
                 {service_.servers(), claims_,
                  [this](http::handler action) { return service_.for_administrators(std::move(action)); }}),
          signals_(executor, SIGINT, SIGTERM, SIGHUP),
          ended_(executor),
          serving_(executor) {}

    task<void> run();

   private:
    coupon::service_options with_observers(coupon::service_options options) const {
        std::vector<std::shared_ptr<coupon::claim_observer>> all{coupon::claim_metrics(metrics_.registry()),
                                                                 claims_, locks_};
        options.observer = std::make_shared<coupon::claim_observers>(std::move(all));
        options.access = coupon::access_metrics(metrics_.registry());
        return options;
    }
    void listen();
    void note(const http::answered_request& of);
    task<void> heed_signals();
    task<void> serve(std::optional<operations_port>& operations);
    task<void> stop();
    std::string metrics_now();

    asio::any_io_executor executor_;
    const serve_flags& flags_;
    serve_options options_;
    serve_metrics metrics_;
    std::shared_ptr<page::claim_recorder> claims_ = std::make_shared<page::claim_recorder>();
    std::shared_ptr<page::lock_recorder> locks_ = std::make_shared<page::lock_recorder>();
    coupon::service service_;
    page::pages pages_;
    asio::signal_set signals_;
    event ended_;
    task_group serving_;
    http::router routes_;
    std::optional<http::server> server_;
};

void service_run::note(const http::answered_request& of) {
    metrics_.answered(routes_.pattern_of(of.verb, of.path), of.status, of.took);
    if (flags_.access_log) log_request(log_format_from(flags_.log_format), log_entry(of));
}

void service_run::listen() {
    routes_ = service_.routes();
    pages_.add_to(routes_);
    if (options_.operations || flags_.access_log)
        options_.server.on_answered = [this](const http::answered_request& of) { note(of); };
    server_.emplace(executor_, options_.server, routes_);
    server_->listen();
}

/// SIGHUP is served, SIGINT and SIGTERM end it.
task<void> service_run::heed_signals() {
    for (;;) {
        const int signal = co_await signals_.async_wait(asio::use_awaitable);
        if (signal != SIGHUP) co_return;
        read_again("the token key", [this] {
            if (const auto keys = token_keys_from(flags_)) service_.renew_keys(*keys);
        });
        if (server_ && options_.server.tls) read_again("the certificate", [this] { server_->reload_tls(); });
    }
}

std::string service_run::metrics_now() {
    serve_metrics::moment now;
    now.sessions = service_.sessions();
    if (server_) now.server = server_->count();
    return metrics_.text(now);
}

task<void> service_run::run() {
    std::optional<operations_port> operations;
    const auto first = co_await first_of(service_.prepare(), heed_signals());
    if (first == 0) co_await serve(operations);
    co_await service_.stop();
    if (operations) co_await operations->stop(after(std::chrono::seconds(1)));
}

task<void> service_run::serve(std::optional<operations_port>& operations) {
    listen();
    if (options_.operations)
        operations.emplace(
            executor_, *options_.operations, service_.probes(),
            process_texts{[this] { return metrics_now(); }, [this] { return to_json(locks_->so_far()); }});
    fmt::print("dibs serve: listening on {}\n", shown_url(flags_, server_->port()));
    if (operations) fmt::print("dibs serve: metrics on port {}\n", operations->port());
    std::fflush(stdout);
    tell_service_manager("READY=1");
    serving_.spawn(serve_until(*server_, ended_));
    co_await first_of(heed_signals(), ended_.wait());
    co_await stop();
}

task<void> service_run::stop() {
    tell_service_manager("STOPPING=1");
    service_.leave();
    for (const int signal : {SIGINT, SIGTERM})
        signals_.remove(signal);  // a second one ends the process at once
    const auto drained = after(std::chrono::milliseconds(flags_.drain_time_ms));
    co_await ended_.wait_until(drained);
    co_await pages_.stop();
    co_await server_->stop(after(std::chrono::milliseconds(flags_.stop_time_ms)));
    co_await serving_.join();
}

}  // namespace

int serve(const serve_flags& flags, serve_options options) {
    std::signal(SIGPIPE, SIG_IGN);  // of a log that nobody reads any more
    set_up_log(log_format_from(flags.log_format), flags.log_level);
    if (!options.service.keys)
        spdlog::warn(
            "access tokens are signed with a key of this process's own: they end with it, and other "
            "processes "
            "on this port refuse them. Give all of them one --token-key-file or DIBS_TOKEN_KEY");
    std::optional<sandbox::servers> servers;
    if (flags.sandbox) servers.emplace(start_sandbox(options.service));
    asio::io_context io{1};
    service_run whole(io.get_executor(), flags, std::move(options));
    run_to_end(io, whole.run());
    return success;
}

}  // namespace dibs::cli
