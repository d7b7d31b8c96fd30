#include "torture/resource.hpp"

#include "core/run.hpp"
#include "postgres/transaction.hpp"

#include <dibs/error.hpp>
#include <dibs/fencing.hpp>

#include <boost/asio/io_context.hpp>

#include <charconv>
#include <utility>

namespace dibs::torture {
namespace {

constexpr std::chrono::seconds statement_time{10};

constexpr const char* make_table = R"sql(
    CREATE TABLE IF NOT EXISTS torture_resource (name text PRIMARY KEY, written bigint NOT NULL DEFAULT 0)
        WITH (fillfactor = 20))sql";

constexpr postgres::statement add_name{
    "torture_add_name", "INSERT INTO torture_resource (name) VALUES ($1) ON CONFLICT DO NOTHING"};

constexpr postgres::statement accept{"torture_accept", "SELECT dibs_accept($1, $2, $3)"};

constexpr postgres::statement count_write{
    "torture_write", "UPDATE torture_resource SET written = written + 1 WHERE name = $1 RETURNING written"};

task<void> prepare(std::string url, const std::vector<std::string>& names) {
    const auto executor = co_await asio::this_coro::executor;
    postgres::pool pool(executor, std::move(url), {.size = 1});
    {
        const auto session = co_await pool.acquire(after(statement_time));
        co_await session->run(fencing::sql, after(statement_time));
        co_await session->run(make_table, after(statement_time));
    }
    for (const auto& name : names) {
        auto values = postgres::params().add(name);
        co_await pool.execute(add_name, std::move(values), after(statement_time));
    }
    pool.close();
}

}  // namespace

void prepare_resource(const std::string& postgres_url, const std::vector<std::string>& names) {
    asio::io_context io{1};
    run_to_end(io, prepare(postgres_url, names));
}

resource::resource(asio::any_io_executor executor, const std::string& postgres_url, std::size_t sessions)
    : pool_(std::move(executor), postgres_url, {.size = sessions}) {}

task<std::optional<std::int64_t>> resource::write_fenced(std::string name, fencing_token token,
                                                         std::string owner) {
    auto transaction = co_await postgres::transaction::begin(pool_, after(statement_time));
    auto who = postgres::params().add(name).add(token.value()).add(owner);
    const auto answer = co_await transaction.execute(accept, std::move(who), after(statement_time));
    if (!answer.truth(0, 0)) {
        co_await transaction.rollback(after(statement_time));
        co_return std::nullopt;
    }
    auto values = postgres::params().add(name);
    const auto row =
        co_await transaction.execute_and_commit(count_write, std::move(values), after(statement_time));
    co_return row.integer(0, 0);
}

task<std::optional<std::int64_t>> resource::write(std::string name) {
    auto values = postgres::params().add(name);
    const auto row = co_await pool_.execute(count_write, std::move(values), after(statement_time));
    co_return row.integer(0, 0);
}

task<std::optional<std::int64_t>> resource::write_within(lease& held) {
    std::vector<sql_value> values{held.name().text()};
    const auto rows = co_await held.execute(count_write.text, std::move(values));
    const auto& number = rows.at(0).at(0).value();
    std::int64_t written = 0;
    std::from_chars(number.data(), number.data() + number.size(), written);
    co_return written;
}

}  // namespace dibs::torture
