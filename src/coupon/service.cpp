#include "coupon/service.hpp"

#include "coupon/accounts.hpp"
#include "coupon/api.hpp"
#include "coupon/claim_desk.hpp"
#include "coupon/inventory.hpp"
#include "coupon/passwords.hpp"
#include "coupon/schema.hpp"
#include "http/router.hpp"
#include "locks/server_set.hpp"

#include <dibs/error.hpp>

#include <spdlog/spdlog.h>

#include <utility>

namespace dibs::coupon {
namespace {

constexpr std::chrono::seconds statement_time{5};
constexpr std::chrono::seconds examination_time{1};

postgres::target database(const std::string& conninfo) {
    postgres::target where;
    where.conninfo = conninfo;
    where.settings = {{"synchronous_commit", "on"},
                      {"default_transaction_isolation", "read committed"},
                      // A plan made while a table was small must not read all of it when it has grown.
                      {"enable_seqscan", "off"}};
    return where;
}

locks::server_addresses addresses_in(const service_options& options) {
    return {options.redis, options.masters, database(options.postgres), {.size = options.pool_size}};
}

}  // namespace

struct service::parts {
    parts(const asio::any_io_executor& on, service_options with)
        : executor(on),
          options(std::move(with)),
          servers(on, addresses_in(options)),
          hashing({.threads = options.hashing_threads}),
          signer(options.key ? *options.key : token_key::random()),
          desk(on, servers.pool(),
               {.lease = options.lease, .wait = options.wait, .statement = statement_time}),
          people(servers.pool(), hashing, statement_time),
          shown({&servers.pool(), &desk, &people, &signer, options.by_default, statement_time,
                 [this] { return examine(); }}) {
        offer_locks();
    }

    void offer_locks() {
        for (const auto kind : all_strategies) {
            const auto lock = lock_of(kind);
            if (!lock || (lock == algorithm::redlock && options.masters.empty())) continue;
            desk.offer(kind, locks::make_locker(*lock, servers.for_lockers()));
        }
    }

    task<health> examine();
    task<std::string> trouble_of_redis();
    task<std::string> trouble_of_postgres();

    asio::any_io_executor executor;
    service_options options;
    locks::server_set servers;
    hashing_pool hashing;
    tokens signer;
    claim_desk desk;
    accounts people;
    api shown;
};

task<std::string> service::parts::trouble_of_redis() {
    try {
        co_await servers.reach_redis(after(examination_time));
        co_return std::string();
    } catch (const error& away) {
        co_return std::string(to_string(away.kind()));
    }
}

task<std::string> service::parts::trouble_of_postgres() {
    try {
        co_await servers.reach_postgres(after(examination_time));
        co_return std::string();
    } catch (const error& away) {
        co_return std::string(to_string(away.kind()));
    }
}

task<health> service::parts::examine() {
    health found;
    found.redis = co_await trouble_of_redis();
    found.postgres = co_await trouble_of_postgres();
    found.offered = desk.offered();
    co_return found;
}

service::service(const asio::any_io_executor& executor, service_options options)
    : parts_(std::make_unique<parts>(executor, std::move(options))) {}

service::~service() = default;

task<void> service::prepare(deadline until) {
    co_await parts_->servers.examine(until);
    auto& pool = parts_->servers.pool();
    co_await create_schema(pool, until);
    for (const auto& spec : parts_->options.coupons) co_await add_coupon(pool, spec, until);
}

http::router service::routes() {
    http::router made;
    parts_->shown.add_to(made);
    return made;
}

task<void> service::stop() {
    co_await parts_->desk.settle();
    co_await parts_->servers.close();
}

}  // namespace dibs::coupon
