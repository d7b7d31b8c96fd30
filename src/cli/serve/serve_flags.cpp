#include "cli/serve/serve_flags.hpp"

#include "coupon/strategy.hpp"

#include <map>

namespace dibs::cli {
namespace {

/// A duration in ms, with its default as it would be written.
CLI::Option* add_time(CLI::App& to, const char* name, std::int64_t& ms, const char* help, const char* usual) {
    const std::map<std::string, std::int64_t> units{{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}};
    return to.add_option(name, ms, help)
        ->transform(CLI::AsNumberWithUnit(units, CLI::AsNumberWithUnit::UNIT_REQUIRED).description(""))
        ->type_name("TIME")
        ->default_str(usual);
}

void add_listening(CLI::App& to, serve_flags& flags) {
    to.add_option("--port", flags.port, "0: any that is free")->capture_default_str();
    to.add_option("--address", flags.address,
                  "An IPv4 or IPv6 address to listen on, or localhost [every address]");
}

void add_backends(CLI::App& to, serve_flags& flags) {
    auto* redis = to.add_option("--redis", flags.redis,
                                "redis://[[user]:password@]host[:port][/db] or "
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
    std::vector<std::string> strategies;
    for (const auto kind : coupon::all_strategies) strategies.emplace_back(to_string(kind));
    to.add_option("--coupon", flags.coupons, "Create this coupon unless there is one of its ID; repeatable")
        ->type_name("ID:CODE:STOCK")
        ->allow_extra_args(false);
    to.add_option("--strategy", flags.strategy, "For claims without X-Lock-Strategy")
        ->check(CLI::IsMember(strategies))
        ->capture_default_str();
    to.add_option("--strategies", flags.strategies,
                  "Those that X-Lock-Strategy may ask for; others are not even set up [all]")
        ->check(CLI::IsMember(strategies))
        ->delimiter(',')
        ->type_name("LIST")
        ->allow_extra_args(false);
    to.add_option("--max-claims", flags.max_claims,
                  "Claims under way in this process; one more is answered 503 at once")
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str();
    add_time(to, "--lease", flags.lease_ms, "How long a lock outlives a holder that died, as 10s or 500ms",
             "10s");
    add_time(to, "--wait", flags.wait_ms,
             "How long a claim waits for its lock, or its turn in cas and batch, before it is answered 503",
             "10s");
}

void add_accounts(CLI::App& to, serve_flags& flags) {
    to.add_option("--threads", flags.hashing_threads, "Threads that hash passwords")
        ->check(CLI::Range(1, 64))
        ->capture_default_str();
    to.add_option("--token-key-file", flags.key_file,
                  "Holds the secret that access tokens are signed with: at least 32 bytes, the same for "
                  "all processes of one service; or two lines ID:BASE64, of which the first signs and both "
                  "check. Read again on SIGHUP. Else $DIBS_TOKEN_KEY, else a random one");
    add_time(to, "--token-life", flags.token_life_ms, "How long an access token is good", "1h")
        ->check(CLI::Range(std::int64_t{1000}, std::int64_t{86'400'000}));
}

void add_configuration(CLI::App& to, serve_flags& flags) {
    to.add_option("--config", flags.config,
                  "A TOML file with any of these options, as stop-time = \"5s\". Flags beat the environment "
                  "(DIBS_STOP_TIME=5s), which beats the file. Else $DIBS_CONFIG")
        ->type_name("FILE");
    to.add_flag("--check-config", flags.check_config,
                "Print the configuration, each value with where it comes from, and end: status 0, or 2 where "
                "something is wrong with it");
}

void add_operations(CLI::App& to, serve_flags& flags) {
    to.add_flag(
        "--allow-unsafe", flags.allow_unsafe,
        "Start although PostgreSQL may lose claims (fsync, full_page_writes or synchronous_commit off) "
        "or Redis may evict locks");
    to.add_option(
          "--metrics-address", flags.metrics_address,
          "Serve /metrics for Prometheus, /lock-times, /healthz, /readyz and /openapi.json on a port of "
          "their own: 9100, 127.0.0.1:9100 or [::1]:9100; a port alone is on localhost. Else there are no "
          "metrics")
        ->type_name("[ADDRESS:]PORT");
    to.add_option("--log-level", flags.log_level)
        ->check(CLI::IsMember({"debug", "info", "warning", "error", "off"}))
        ->capture_default_str();
    to.add_option("--log-format", flags.log_format, "text or json [text on a terminal, else json]")
        ->check(CLI::IsMember({"text", "json"}));
    to.add_flag("--access-log", flags.access_log, "Log each request");
    add_time(to, "--drain-time", flags.drain_time_ms,
             "How long it serves on after SIGTERM, while /readyz says 503, so that a balancer sends others "
             "elsewhere",
             "0s");
    add_time(to, "--stop-time", flags.stop_time_ms, "How long requests under way may take at the end", "10s");
}

}  // namespace

void add_serve_flags(CLI::App& to, serve_flags& flags) {
    add_listening(to, flags);
    add_http_flags(to, flags.http);
    add_backends(to, flags);
    add_claims(to, flags);
    add_accounts(to, flags);
    add_operations(to, flags);
    add_configuration(to, flags);
}

}  // namespace dibs::cli
