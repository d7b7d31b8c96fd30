#include "coupon/operations/readiness.hpp"

#include "core/task_group.hpp"
#include "coupon/operations/schema.hpp"
#include "locks/ballot.hpp"
#include "locks/server_set.hpp"

#include <dibs/error.hpp>

#include <boost/scope_exit.hpp>
#include <fmt/format.h>

namespace dibs::coupon {
namespace {

constexpr std::chrono::seconds look_time{1};
constexpr std::chrono::milliseconds fresh_time{500};

const postgres::statement ask_state{"dibs_readiness", R"sql(
    SELECT pg_is_in_recovery(), to_regclass('schema_versions') IS NOT NULL)sql"};
const postgres::statement ask_version{"dibs_schema_version",
                                      "SELECT coalesce(max(version), 0) FROM schema_versions"};

postgres::pool_options one_session() {
    postgres::pool_options options;
    options.size = 1;
    options.connect_timeout = look_time;
    return options;
}

postgres::target without_settings(const std::string& conninfo) {
    postgres::target where;
    where.conninfo = conninfo;
    where.settings.clear();
    return where;
}

task<void> look_at(redis::connection& server, std::string& trouble, deadline until) {
    try {
        redis::command asked("ROLE");
        const auto answer = co_await server.execute(std::move(asked), until);
        if (answer.elements().at(0).text() != "master") trouble = "a replica";
    } catch (const redis::refusal& refused) {
        if (refused.code() != "NOPERM") trouble = to_string(refused.kind());  // who may not ask is answered
    } catch (const error& away) {
        trouble = to_string(away.kind());
    }
}

}  // namespace

readiness::readiness(const asio::any_io_executor& executor, locks::server_set& servers,
                     const std::string& conninfo)
    : executor_(executor),
      servers_(servers),
      sessions_(executor, without_settings(conninfo), one_session()) {}

task<missing_parts> readiness::examine() {
    if (const auto others = looking_) {
        co_await others->wait();
    } else if (steady::now() >= fresh_until_) {
        looking_ = std::make_shared<event>(executor_);
        BOOST_SCOPE_EXIT_ALL(this) {
            looking_->set();
            looking_.reset();
        };
        co_await look();
        fresh_until_ = after(fresh_time);
    }
    auto missing = seen_;
    if (stopping_) missing.emplace_back("process", "stopping");
    co_return missing;
}

task<void> readiness::look() {
    const auto until = after(look_time);
    seen_.clear();
    task_group all(executor_);
    all.spawn(look_at_redis(until));
    all.spawn(look_at_masters(until));
    all.spawn(look_at_postgres(until));
    co_await all.join();
}

task<void> readiness::look_at_redis(deadline until) {
    std::string trouble;
    co_await look_at(servers_.redis(), trouble, until);
    if (!trouble.empty()) note("redis", trouble);
}

task<void> readiness::look_at_masters(deadline until) {
    const auto& masters = servers_.masters();
    if (masters.empty()) co_return;
    std::vector<std::string> troubles(masters.size());
    task_group all(executor_);
    for (std::size_t i = 0; i < masters.size(); ++i) all.spawn(look_at(*masters[i], troubles[i], until));
    co_await all.join();
    std::size_t away = 0;
    for (const auto& trouble : troubles) away += trouble.empty() ? 0 : 1;
    if (masters.size() - away < locks::ballot::quorum(masters.size()))
        note("redlock", fmt::format("{} of {} masters are away", away, masters.size()));
}

task<void> readiness::look_at_postgres(deadline until) {
    try {
        postgres::params none;
        const auto state = co_await sessions_.execute(ask_state, std::move(none), until);
        if (state.truth(0, 0)) note("postgres", "a standby");
        if (!state.truth(0, 1)) {
            note("schema", "missing");
            co_return;
        }
        postgres::params nothing_either;
        const auto version = co_await sessions_.execute(ask_version, std::move(nothing_either), until);
        if (const auto found = version.integer(0, 0); found < newest_schema_version())
            note("schema", fmt::format("version {} of {}", found, newest_schema_version()));
    } catch (const error& away) {
        note("postgres", std::string(to_string(away.kind())));
    }
}

}  // namespace dibs::coupon
