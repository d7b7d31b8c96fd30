#include "coupon/operations/schema.hpp"

#include "coupon/migrations.hpp"
#include "postgres/pool.hpp"
#include "postgres/transaction.hpp"

#include <dibs/error.hpp>

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace dibs::coupon {
namespace {

// The number of the advisory lock is arbitrary: "dibs" in ASCII.
const postgres::statement take_turn{"", "SELECT pg_advisory_xact_lock(1684628083)"};
const postgres::statement keep_quiet{"", "SET LOCAL client_min_messages = warning"};
const postgres::statement keep_versions{"", R"sql(
    CREATE TABLE IF NOT EXISTS schema_versions (
        version bigint PRIMARY KEY,
        name text NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT now()
    ))sql"};
const postgres::statement newest_version{"", "SELECT coalesce(max(version), 0) FROM schema_versions"};
const postgres::statement note_version{"", "INSERT INTO schema_versions (version, name) VALUES ($1, $2)"};

std::int64_t version_of(const embedded_file& migration) {
    std::int64_t version = 0;
    std::from_chars(migration.name.data(), migration.name.data() + migration.name.size(), version);
    return version;
}

// A DO block takes any number of statements in one message, in the transaction it is sent in.
task<void> carry_out(postgres::transaction& within, const embedded_file& migration, deadline until) {
    const std::string block = fmt::format("DO $migration$ BEGIN\n{}\nEND $migration$", migration.content);
    const postgres::statement statement{"", block.c_str()};
    postgres::params none;
    co_await within.execute(statement, std::move(none), until);
    auto version = postgres::params().add(version_of(migration)).add(migration.name);
    co_await within.execute(note_version, std::move(version), until);
}

}  // namespace

std::int64_t newest_schema_version() { return version_of(migrations.back()); }

task<void> migrate(postgres::pool& pool, deadline until) {
    auto within = co_await postgres::transaction::begin(pool, until);
    std::vector<postgres::query> opening;
    for (const auto* what : {&take_turn, &keep_quiet, &keep_versions})
        opening.emplace_back(*what, postgres::params());
    co_await within.execute(std::move(opening), until);
    postgres::params none;
    const auto rows = co_await within.execute(newest_version, std::move(none), until);
    const auto version = rows.integer(0, 0);
    const auto newest = newest_schema_version();
    if (version > newest)
        throw error(fault::bad_input, "postgres", "schema",
                    fmt::format("the database is at version {}, this program knows {}: use a newer dibs",
                                version, newest));
    for (const auto& migration : migrations)
        if (version_of(migration) > version) co_await carry_out(within, migration, until);
    co_await within.commit(until);
}

}  // namespace dibs::coupon
