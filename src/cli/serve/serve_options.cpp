#include "cli/serve/serve_options.hpp"

#include "core/file_text.hpp"
#include "http/ports.hpp"
#include "locks/admission.hpp"
#include "locks/locker.hpp"
#include "postgres/target.hpp"

#include <dibs/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <stdexcept>

namespace dibs::cli {
namespace {

constexpr const char* key_variable = "DIBS_TOKEN_KEY";

coupon::token_keys keys_from_file(const std::string& path) {
    const auto bytes = file_text(path);
    if (!bytes) throw error(fault::bad_input, "dibs serve", path, "the token key's file cannot be read");
    return coupon::token_keys::read(*bytes);
}

/// `PORT`, `ADDRESS:PORT` or `[ADDRESS]:PORT`.
http::server_options listening_at(const std::string& text) {
    http::server_options where;
    const auto colon = text.rfind(':');
    where.address = colon == std::string::npos ? "localhost" : text.substr(0, colon);
    if (where.address.starts_with('[') && where.address.ends_with(']'))
        where.address = where.address.substr(1, where.address.size() - 2);
    const auto port = text.substr(colon == std::string::npos ? 0 : colon + 1);
    const auto [end, wrong] = std::from_chars(port.data(), port.data() + port.size(), where.port);
    if (wrong != std::errc{} || end != port.data() + port.size() || where.address.empty())
        throw error(fault::bad_input, "dibs serve", text, "give [ADDRESS:]PORT, as 127.0.0.1:9100");
    return where;
}

std::vector<coupon::strategy> strategies_in(const serve_flags& flags) {
    std::vector<coupon::strategy> all;
    for (const auto& word : flags.strategies) all.push_back(coupon::strategy_from(word).value());
    if (!all.empty() &&
        std::find(flags.strategies.begin(), flags.strategies.end(), flags.strategy) == flags.strategies.end())
        throw error(fault::bad_input, "dibs serve", "strategy",
                    flags.strategy + " is not among the strategies: say which one claims take by default");
    return all;
}

const char* servers_missing(const serve_flags& flags) {
    if (!flags.redis.empty()) return "--postgres is missing";
    return flags.postgres.empty() ? "--redis and --postgres are missing" : "--redis is missing";
}

void check_servers(const serve_flags& flags) {
    const bool named = !flags.redis.empty() || !flags.masters.empty() || !flags.postgres.empty();
    if (flags.sandbox && named)
        throw std::invalid_argument("it starts servers of its own: leave out redis, redlock and postgres");
    if (flags.sandbox || (!flags.redis.empty() && !flags.postgres.empty())) return;
    throw std::invalid_argument(
        std::string(servers_missing(flags)) +
        ": say where the servers are, as in\n"
        "  dibs serve --redis redis://localhost:6379 --postgres postgresql://user@localhost/dibs\n"
        "or let it start servers of its own, whose data goes at exit:\n"
        "  dibs serve --sandbox");
}

void read_servers(const serve_flags& flags, coupon::service_options& to, auto attempt) {
    if (!flags.redis.empty()) attempt("redis", [&] { to.redis = redis::endpoint_from_url(flags.redis); });
    for (const auto& url : flags.masters)
        attempt("redlock", [&] { to.masters.push_back(redis::endpoint_from_url(url)); });
    to.postgres = flags.postgres;
    if (!flags.postgres.empty())
        attempt("postgres", [&] { (void)postgres::target{flags.postgres}.describe(); });
}

}  // namespace

std::optional<coupon::token_keys> token_keys_from(const serve_flags& flags) {
    if (!flags.key_file.empty()) return keys_from_file(flags.key_file);
    // The environment is read before any other thread is started.
    if (const char* set = std::getenv(key_variable); set && *set) return coupon::token_keys::read(set);
    return std::nullopt;
}

serve_options serve_options_from(const serve_flags& flags, std::vector<std::string>& troubles) {
    const auto attempt = [&troubles](std::string_view option, const auto& step) {
        try {
            step();
        } catch (const std::exception& wrong) {
            troubles.push_back(fmt::format("{}: {}", option, wrong.what()));
        }
    };
    serve_options all;
    auto& service = all.service;
    attempt("dibs serve", [&] { check_servers(flags); });
    if (!flags.masters.empty()) attempt("redlock", [&] { locks::check_masters(flags.masters.size()); });
    read_servers(flags, service, attempt);
    service.pool_size = flags.pool_size;
    service.claims_under_way = flags.max_claims;
    service.hashing_threads = flags.hashing_threads;
    service.lease = std::chrono::milliseconds(flags.lease_ms);
    attempt("lease", [&] { locks::check_lease(service.lease, "a claim"); });
    service.wait = std::chrono::milliseconds(flags.wait_ms);
    service.by_default = coupon::strategy_from(flags.strategy).value();
    attempt("strategies", [&] { service.strategies = strategies_in(flags); });
    attempt("token-key-file", [&] { service.keys = token_keys_from(flags); });
    service.token_life =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::milliseconds(flags.token_life_ms));
    for (const auto& text : flags.coupons)
        attempt("coupon", [&] { service.coupons.push_back(coupon::read_coupon_spec(text)); });
    if (flags.allow_unsafe) service.unsafe_servers = coupon::unsafe_servers::accepted;
    all.server.address = flags.address;
    all.server.port = flags.port;
    attempt("address", [&] { (void)http::addresses_of(all.server); });
    attempt("tls", [&] { all.server.tls = read_tls(flags.http); });
    attempt("trusted-proxy", [&] { all.server.trusted_proxies = read_proxies(flags.http); });
    attempt("rate-limit-address",
            [&] { all.server.rate_by_address = read_rate(flags.http.rate_by_address); });
    attempt("rate-limit-user", [&] { service.rate_by_user = read_rate(flags.http.rate_by_user); });
    if (!flags.metrics_address.empty())
        attempt("metrics-address", [&] {
            all.operations = listening_at(flags.metrics_address);
            all.operations->shares_port = false;  // whose figures are shown must not be chance
            (void)http::addresses_of(*all.operations);
        });
    return all;
}

std::string without_secrets(std::string_view option, const std::string& value) try {
    if (option == "redis" || option == "redlock") return redis::endpoint_from_url(value).describe();
    if (option == "postgres") return postgres::target{value}.describe();
    if (option != "coupon") return value;
    const auto spec = coupon::read_coupon_spec(value);  // its code is a secret until it is told
    return fmt::format("{}:(not shown):{}", spec.id, spec.stock);
} catch (const std::exception&) {
    return "(cannot be read)";
}

}  // namespace dibs::cli
