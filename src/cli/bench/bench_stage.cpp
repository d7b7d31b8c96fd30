#include "cli/bench/bench_stage.hpp"

#include "cli/say.hpp"
#include "core/run.hpp"
#include "postgres/pool.hpp"
#include "redis/connection.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <utility>

namespace dibs::cli {
namespace {

constexpr std::chrono::seconds answer_time{10};

/// The servers say it themselves: the programs that are installed here may be others.
task<void> ask_versions(experiment::server_urls of, experiment::machine& into) {
    const auto executor = co_await asio::this_coro::executor;
    redis::connection redis(executor, redis::endpoint_from_url(of.redis));
    redis::command info("INFO");
    info.arg("server");
    const auto told = co_await redis.execute(std::move(info), after(answer_time));
    into.redis = experiment::value_in(told.text(), "redis_version");
    postgres::pool database(executor, of.postgres);
    const postgres::statement version{"", "SHOW server_version"};
    postgres::params none;
    const auto row = co_await database.execute(version, std::move(none), after(answer_time));
    into.postgresql = row.text(0, 0);
}

sandbox::options with_masters() {
    sandbox::options wanted;
    wanted.redis_masters = sandbox::redlock_masters;
    return wanted;
}

}  // namespace

experiment::machine machine_with(const experiment::server_urls& servers) {
    auto found = experiment::this_machine();
    asio::io_context io{1};
    run_to_end(io, ask_versions(servers, found));
    return found;
}

bench_stage::bench_stage() : own_(sandbox::servers::start(with_masters())) {
    if (const auto warning = own_->warning()) say("dibs bench: {}\n", *warning);
    urls_ = {own_->redis_url(), own_->redlock_urls(), own_->postgres_url()};
}

bench_stage::bench_stage(experiment::server_urls given) : box_(std::in_place), urls_(std::move(given)) {}

experiment::parties bench_stage::parties() {
    experiment::parties ours;
    if (!own_) return ours;
    ours.postgres = own_->postgres().pid();
    ours.redis.push_back(own_->redis().pid());
    for (std::size_t i = 0; i < urls_.masters.size(); ++i) ours.redis.push_back(own_->redis_master(i).pid());
    return ours;
}

}  // namespace dibs::cli
