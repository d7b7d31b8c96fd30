#include "coupon/service.hpp"

#include "coupon/accounts.hpp"
#include "coupon/api.hpp"
#include "coupon/claim_desk.hpp"
#include "coupon/inventory.hpp"
#include "coupon/passwords.hpp"
#include "coupon/schema.hpp"
#include "http/router.hpp"
#include "locks/locker.hpp"
#include "postgres/pool.hpp"
#include "redis/connection.hpp"
#include "redis/subscriber.hpp"

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

const postgres::statement nothing{"coupon_examine", "SELECT 1"};

}  // namespace

struct service::parts {
    parts(const asio::any_io_executor& on, service_options with)
        : executor(on),
          options(std::move(with)),
          redis(on, options.redis),
          messages(on, options.redis),
          pool(on, database(options.postgres), {.size = options.pool_size}),
          hashing({.threads = options.hashing_threads}),
          signer(options.key ? *options.key : token_key::random()),
          desk(on, pool, {.lease = options.lease, .wait = options.wait, .statement = statement_time}),
          people(pool, hashing, statement_time),
          shown({&pool, &desk, &people, &signer, options.by_default, statement_time,
                 [this] { return examine(); }}) {
        for (const auto& master : options.masters)
            masters.push_back(std::make_unique<redis::connection>(on, master));
        offer_locks();
    }

    void offer_locks() {
        locks::backends servers;
        servers.executor = executor;
        servers.redis = &redis;
        servers.subscriber = &messages;
        servers.pool = &pool;
        for (const auto& master : masters) servers.masters.push_back(master.get());
        for (const auto kind : all_strategies) {
            const auto lock = lock_of(kind);
            if (!lock || (lock == algorithm::redlock && masters.empty())) continue;
            desk.offer(kind, locks::make_locker(*lock, servers));
        }
    }

    task<void> reach(redis::connection& server, deadline until) {
        redis::command ping("PING");
        co_await server.execute(std::move(ping), until);
    }

    task<health> examine();
    task<std::string> trouble_of_redis();
    task<std::string> trouble_of_postgres();

    asio::any_io_executor executor;
    service_options options;
    redis::connection redis;
    redis::subscriber messages;
    std::vector<std::unique_ptr<redis::connection>> masters;
    postgres::pool pool;
    hashing_pool hashing;
    tokens signer;
    claim_desk desk;
    accounts people;
    api shown;
};

task<std::string> service::parts::trouble_of_redis() {
    try {
        co_await reach(redis, after(examination_time));
        co_return std::string();
    } catch (const error& away) {
        co_return std::string(to_string(away.kind()));
    }
}

task<std::string> service::parts::trouble_of_postgres() {
    try {
        postgres::params none;
        co_await pool.execute(nothing, std::move(none), after(examination_time));
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
    co_await parts_->reach(parts_->redis, until);
    for (const auto& master : parts_->masters) co_await parts_->reach(*master, until);
    co_await create_schema(parts_->pool, until);
    for (const auto& spec : parts_->options.coupons) co_await add_coupon(parts_->pool, spec, until);
}

http::router service::routes() {
    http::router made;
    parts_->shown.add_to(made);
    return made;
}

task<void> service::stop() {
    co_await parts_->desk.settle();
    co_await parts_->messages.close();
    co_await parts_->redis.close();
    for (const auto& master : parts_->masters) co_await master->close();
    parts_->pool.close();
}

}  // namespace dibs::coupon
