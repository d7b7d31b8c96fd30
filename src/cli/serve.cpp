#include "cli/commands.hpp"
#include "core/event.hpp"
#include "core/run.hpp"
#include "core/task_group.hpp"
#include "core/timeout.hpp"
#include "coupon/service.hpp"
#include "http/server.hpp"
#include "sandbox/servers.hpp"

#include <dibs/error.hpp>
#include <dibs/log.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <fmt/format.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dibs::cli {
namespace {

constexpr std::chrono::seconds start_time{5};
constexpr std::chrono::seconds stop_time{10};
constexpr const char* key_variable = "DIBS_TOKEN_KEY";

struct serve_flags {
    std::uint16_t port = 3000;
    std::string address;
    std::string redis;
    std::vector<std::string> masters;
    std::string postgres;
    bool sandbox = false;
    std::string strategy = "queue";
    std::int64_t lease_ms = 10'000;
    std::int64_t wait_ms = 10'000;
    std::size_t pool_size = 16;
    std::size_t hashing_threads = 1;
    std::vector<std::string> coupons;
    std::string key_file;
    std::string log_level = "warning";
};

coupon::token_key key_from_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (!file.is_open() || file.bad())
        throw error(fault::bad_input, "dibs serve", path, "the token key's file cannot be read");
    while (!bytes.empty() && (bytes.back() == '\n' || bytes.back() == '\r')) bytes.pop_back();
    return coupon::token_key(std::move(bytes));
}

std::optional<coupon::token_key> key_for(const serve_flags& flags) {
    if (!flags.key_file.empty()) return key_from_file(flags.key_file);
    // The environment is read before any other thread is started.
    if (const char* set = std::getenv(key_variable)) return coupon::token_key(set);
    spdlog::warn(
        "access tokens are signed with a key of this process's own: they end with it, and other processes on "
        "this port refuse them. Give all of them one --token-key-file or {}",
        key_variable);
    return std::nullopt;
}

coupon::service_options options_from(const serve_flags& flags) {
    coupon::service_options options;
    options.redis = redis::endpoint_from_url(flags.redis);
    for (const auto& url : flags.masters) options.masters.push_back(redis::endpoint_from_url(url));
    options.postgres = flags.postgres;
    options.pool_size = flags.pool_size;
    options.hashing_threads = flags.hashing_threads;
    options.lease = std::chrono::milliseconds(flags.lease_ms);
    options.wait = std::chrono::milliseconds(flags.wait_ms);
    options.by_default = coupon::strategy_from(flags.strategy).value();
    options.key = key_for(flags);
    for (const auto& text : flags.coupons) options.coupons.push_back(coupon::read_coupon_spec(text));
    return options;
}

sandbox::servers start_sandbox(serve_flags& flags) {
    sandbox::options wanted;
    wanted.redis_masters = sandbox::redlock_masters;
    auto servers = sandbox::servers::start(wanted);
    flags.redis = servers.redis_url();
    flags.masters = servers.redlock_urls();
    flags.postgres = servers.postgres_url();
    fmt::print(stderr, "dibs serve: Redis and PostgreSQL of its own in {}; their data goes at exit\n",
               servers.folder().native());
    if (const auto warning = servers.warning()) fmt::print(stderr, "dibs serve: {}\n", *warning);
    return servers;
}

std::string shown(const serve_flags& flags, std::uint16_t port) {
    if (flags.address.empty()) return fmt::format("http://localhost:{}", port);
    const bool six = flags.address.find(':') != std::string::npos;
    return fmt::format("http://{}{}{}:{}", six ? "[" : "", flags.address, six ? "]" : "", port);
}

task<void> serve_until(http::server& server, event& ended) {
    try {
        co_await server.run();
    } catch (...) {
        ended.set();
        throw;
    }
}

task<void> run_service(coupon::service& service, const serve_flags& flags) {
    const auto executor = co_await asio::this_coro::executor;
    event ended(executor);
    asio::signal_set signals(executor, SIGINT, SIGTERM);
    signals.async_wait([&ended](boost::system::error_code cancelled, int) {
        if (!cancelled) ended.set();
    });
    const auto first = co_await first_of(service.prepare(after(start_time)), ended.wait());
    if (first != 0) {
        co_await service.stop();
        co_return;
    }
    http::server_options listening;
    listening.address = flags.address;
    listening.port = flags.port;
    http::server server(executor, std::move(listening), service.routes());
    server.listen();
    fmt::print("dibs serve: listening on {}\n", shown(flags, server.port()));
    std::fflush(stdout);
    task_group serving(executor);
    serving.spawn(serve_until(server, ended));
    co_await ended.wait();
    signals.clear();  // a second signal ends the process at once
    co_await server.stop(after(stop_time));
    co_await serving.join();
    co_await service.stop();
}

int serve(serve_flags flags) {
    spdlog::set_default_logger(spdlog::stderr_color_mt("dibs"));
    spdlog::set_level(spdlog::level::from_str(flags.log_level));
    set_log_sink([](log_level level, std::string_view line) {
        spdlog::log(static_cast<spdlog::level::level_enum>(static_cast<int>(level) + SPDLOG_LEVEL_DEBUG),
                    "{}", line);
    });
    std::optional<sandbox::servers> servers;
    if (flags.sandbox) servers.emplace(start_sandbox(flags));
    asio::io_context io{1};
    coupon::service service(io.get_executor(), options_from(flags));
    run_to_end(io, run_service(service, flags));
    return success;
}

/// What was asked for is wrong: a matter of usage, not of failure.
int serve_or_explain(const serve_flags& flags) {
    try {
        return serve(flags);
    } catch (const coupon::invalid_input& wrong) {
        throw CLI::ValidationError("--coupon", wrong.what());
    } catch (const error& wrong) {
        if (wrong.kind() != fault::bad_input) throw;
        throw CLI::ValidationError("dibs serve", wrong.what());
    }
}

void check_servers_given(const serve_flags& flags) {
    if (flags.sandbox || (!flags.redis.empty() && !flags.postgres.empty())) return;
    throw CLI::ValidationError(
        fmt::format("{} missing", flags.redis.empty()
                                      ? (flags.postgres.empty() ? "--redis and --postgres are" : "--redis is")
                                      : "--postgres is"),
        "say where the servers are, as in\n"
        "  dibs serve --redis redis://localhost:6379 --postgres postgresql://user@localhost/dibs\n"
        "or let it start servers of its own, whose data goes at exit:\n"
        "  dibs serve --sandbox");
}

void add_backends(CLI::App& to, serve_flags& flags) {
    auto* redis = to.add_option("--redis", flags.redis,
                                "redis://[user:password@]host[:port][/db] or "
                                "redis+unix:///path/to.sock")
                      ->type_name("URL");
    auto* masters =
        to.add_option("--redlock", flags.masters,
                      "An independent Redis master for redlock; give five (an odd number, at least "
                      "three). Without any, redlock is not offered")
            ->type_name("URL")
            ->allow_extra_args(false);
    auto* postgres =
        to.add_option("--postgres", flags.postgres,
                      "postgresql://user@host/database or key=value pairs, as psql takes them. The "
                      "tables are made there")
            ->type_name("CONNINFO");
    to.add_flag("--sandbox", flags.sandbox, "Start Redis and PostgreSQL of its own; their data goes at exit")
        ->excludes(redis)
        ->excludes(masters)
        ->excludes(postgres);
    to.add_option("--pool", flags.pool_size, "PostgreSQL sessions at most")
        ->check(CLI::Range(2, 1000))
        ->capture_default_str();
}

void add_claims(CLI::App& to, serve_flags& flags) {
    const std::map<std::string, std::int64_t> units{{"ms", 1}, {"s", 1000}, {"m", 60'000}};
    const CLI::AsNumberWithUnit duration(units, CLI::AsNumberWithUnit::UNIT_REQUIRED, "TIME");
    std::vector<std::string> strategies;
    for (const auto kind : coupon::all_strategies) strategies.emplace_back(to_string(kind));
    to.add_option("--coupon", flags.coupons, "Create this coupon unless there is one of its ID; repeatable")
        ->type_name("ID:CODE:STOCK")
        ->allow_extra_args(false);
    to.add_option("--strategy", flags.strategy, "For claims without X-Lock-Strategy")
        ->check(CLI::IsMember(strategies))
        ->capture_default_str();
    to.add_option("--lease", flags.lease_ms,
                  "How long a lock outlives a holder that died, as 10s or 500ms [10s]")
        ->transform(duration)
        ->type_name("TIME");
    to.add_option("--wait", flags.wait_ms,
                  "How long a claim waits for its lock before it is answered 503 [10s]")
        ->transform(duration)
        ->type_name("TIME");
}

}  // namespace

void add_serve(CLI::App& app, int& status) {
    auto flags = std::make_shared<serve_flags>();
    auto* serve_command =
        app.add_subcommand("serve", "Issue coupons over HTTP, under the lock each claim asks for");
    serve_command->add_option("--port", flags->port, "0: any that is free")->capture_default_str();
    serve_command->add_option("--address", flags->address,
                              "An IPv4 or IPv6 address to listen on, or localhost [every address]");
    add_backends(*serve_command, *flags);
    add_claims(*serve_command, *flags);
    serve_command->add_option("--threads", flags->hashing_threads, "Threads that hash passwords")
        ->check(CLI::Range(1, 64))
        ->capture_default_str();
    serve_command->add_option(
        "--token-key-file", flags->key_file,
        "Holds the secret that access tokens are signed with: at least 32 bytes, the same for "
        "all processes of one service. Else $DIBS_TOKEN_KEY, else a random one");
    serve_command->add_option("--log-level", flags->log_level)
        ->check(CLI::IsMember({"debug", "info", "warning", "error", "off"}))
        ->capture_default_str();
    serve_command->footer(
        "Several processes may serve one port. SIGTERM and SIGINT let the requests under way finish: status "
        "0.\n"
        "A server that is away at the start: status 1; one that goes later is answered 503 until it is "
        "back.\n"
        "Example:\n"
        "  dibs serve --sandbox --coupon test-coupon-1:K6LOADTEST:1000000\n"
        "  TOKEN=$(curl -s localhost:3000/api/auth/signup -d "
        "'{\"email\":\"ann@example.com\",\"name\":\"Ann\",\n"
        "      \"idempotencyKey\":\"1\"}' | jq -r .data.accessToken)\n"
        "  curl localhost:3000/api/coupons/test-coupon-1/claims -H \"Authorization: Bearer $TOKEN\" \\\n"
        "      -H 'X-Lock-Strategy: queue' -d '{\"couponCode\":\"K6LOADTEST\",\"idempotencyKey\":\"1\"}'");
    serve_command->callback([flags, &status] {
        check_servers_given(*flags);
        status = serve_or_explain(*flags);
    });
}

}  // namespace dibs::cli
