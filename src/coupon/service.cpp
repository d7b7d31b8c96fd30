#include "coupon/service.hpp"

#include "coupon/accounts/account_api.hpp"
#include "coupon/accounts/accounts.hpp"
#include "coupon/accounts/passwords.hpp"
#include "coupon/admin/admin_api.hpp"
#include "coupon/api.hpp"
#include "coupon/claims/claim_desk.hpp"
#include "coupon/inventory.hpp"
#include "coupon/operations/database.hpp"
#include "coupon/operations/durability.hpp"
#include "coupon/operations/health_api.hpp"
#include "coupon/operations/readiness.hpp"
#include "coupon/operations/schema.hpp"
#include "http/router.hpp"
#include "locks/server_set.hpp"

#include <dibs/error.hpp>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <utility>

namespace dibs::coupon {
namespace {

constexpr std::chrono::seconds statement_time{5};
constexpr std::chrono::minutes migration_time{10};  // an index of a large table that is in use

locks::server_addresses addresses_in(const service_options& options) {
    return {options.redis, options.masters, database_of(options.postgres), {.size = options.pool_size}};
}

/// How many users a rate limit remembers.
constexpr std::size_t users_known = 100'000;

std::optional<http::rate_limit> limit_of(const std::optional<http::rate>& allowed) {
    if (!allowed) return std::nullopt;
    return http::rate_limit(*allowed, users_known);
}

}  // namespace

struct service::parts {
    parts(const asio::any_io_executor& on, service_options with)
        : executor(on),
          options(std::move(with)),
          servers(on, addresses_in(options)),
          hashing({.threads = options.hashing_threads}),
          signer(options.keys ? *options.keys : token_key::random(), options.token_life),
          desk(on, servers.pool(),
               {.lease = options.lease,
                .wait = options.wait,
                .statement = statement_time,
                .under_way = options.claims_under_way}),
          people(servers.pool(), hashing, statement_time),
          by_user(limit_of(options.rate_by_user)),
          shown({&servers.pool(), &desk, &signer, options.access.get(), options.by_default, statement_time,
                 by_user ? &*by_user : nullptr}),
          sign_ins(people, signer, *options.access),
          administration(servers.pool(), signer, *options.access, statement_time),
          state(on, servers, options.postgres),
          probes({&state, [this] { return desk.offered(); }}) {
        offer_locks();
        if (!options.strategies.empty()) desk.restrict_to(options.strategies);
        if (options.observer) desk.tell(*options.observer);
    }

    void offer_locks() {
        for (const auto kind : all_strategies) {
            const auto lock = lock_of(kind);
            if (!lock || !options.offers(kind) || (lock == algorithm::redlock && options.masters.empty()))
                continue;
            desk.offer(kind, locks::make_locker(*lock, servers.for_lockers()));
        }
    }

    task<void> look_for_dangers(deadline until);

    asio::any_io_executor executor;
    service_options options;
    locks::server_set servers;
    hashing_pool hashing;
    tokens signer;
    claim_desk desk;
    accounts people;
    std::optional<http::rate_limit> by_user;
    api shown;
    account_api sign_ins;
    admin_api administration;
    readiness state;
    health_api probes;
};

task<void> service::parts::look_for_dangers(deadline until) {
    const auto settings = co_await read_settings(servers.pool(), state.sessions(), until);
    auto dangers = dangers_of(settings);
    auto redis = servers.masters();
    redis.push_back(servers.redis_server());
    for (const auto& one : redis) {
        const auto more = co_await find_dangers(*one, until);
        dangers.insert(dangers.end(), more.begin(), more.end());
    }
    if (options.unsafe_servers == unsafe_servers::accepted)
        for (const auto& danger : dangers) spdlog::warn("not safe: {}", danger);
    else if (!dangers.empty())
        throw error(fault::refused, "dibs serve", "unsafe",
                    fmt::format("{}; or start with --allow-unsafe", fmt::join(dangers, "; ")));
}

service::service(const asio::any_io_executor& executor, service_options options)
    : parts_(std::make_unique<parts>(executor, std::move(options))) {}

service::~service() = default;

task<void> service::prepare() {
    const auto answered = after(statement_time);
    co_await parts_->servers.examine(answered);
    co_await parts_->look_for_dangers(answered);
    auto& pool = parts_->servers.pool();
    co_await migrate(pool, after(migration_time));
    const auto added = after(statement_time);
    for (const auto& spec : parts_->options.coupons) co_await add_coupon(pool, spec, added);
}

http::router service::routes() {
    http::router made;
    parts_->shown.add_to(made);
    parts_->sign_ins.add_to(made);
    parts_->administration.add_to(made);
    parts_->probes.add_to(made);
    return made;
}

void service::renew_keys(const token_keys& keys) { parts_->signer.replace(keys); }

http::router service::probes() {
    http::router made;
    parts_->probes.add_to(made);
    return made;
}

http::handler service::for_administrators(http::handler action) {
    return parts_->administration.for_administrators(std::move(action));
}

locks::backends service::servers() const { return parts_->servers.for_lockers(); }

void service::leave() { parts_->state.stop(); }

postgres::pool_use service::sessions() const { return parts_->servers.pool().use(); }

task<void> service::stop() {
    co_await parts_->desk.settle();
    co_await parts_->people.open_sessions().settle();
    parts_->state.close();
    co_await parts_->servers.close();
}

}  // namespace dibs::coupon
