#include "coupon/operations/durability.hpp"

#include "postgres/pool.hpp"
#include "redis/connection.hpp"

#include <dibs/error.hpp>

#include <fmt/format.h>

#include <charconv>
#include <utility>

namespace dibs::coupon {
namespace {

constexpr postgres::statement ask_settings{"dibs_durability", R"sql(
    SELECT current_setting('fsync'), current_setting('full_page_writes'),
           current_setting('synchronous_commit'), pg_is_in_recovery())sql"};

/// The value of `field` in the answer to INFO, or "".
std::string_view info_value(std::string_view info, std::string_view field) {
    const std::string start = fmt::format("\n{}:", field);
    const auto at = info.find(start);
    if (at == std::string_view::npos) return {};
    const auto begin = at + start.size();
    return info.substr(begin, info.find_first_of("\r\n", begin) - begin);
}

}  // namespace

std::vector<std::string> dangers_of(const postgres_settings& found) {
    std::vector<std::string> all;
    if (found.in_recovery)
        all.emplace_back("PostgreSQL is a standby, which takes no writes: name the primary");
    if (found.fsync == "off")
        all.emplace_back(
            "PostgreSQL has fsync = off: a crash of its machine may lose everything. Set it to on");
    if (found.full_page_writes == "off")
        all.emplace_back(
            "PostgreSQL has full_page_writes = off: a crash of its machine may leave torn pages. Set it to "
            "on");
    if (found.commit_of_ours == "off")
        all.emplace_back(
            "the sessions of this service have synchronous_commit = off: a crash loses claims that were "
            "acknowledged. Take it out of the connection's options");
    else if (found.commit_by_default == "off")
        all.emplace_back(
            "PostgreSQL has synchronous_commit = off. The sessions of this service turn it on, but what "
            "others "
            "write there, as an administrator with psql, can be lost. Set it to on");
    return all;
}

std::vector<std::string> dangers_of(const redis_settings& found, std::string_view server) {
    std::vector<std::string> all;
    if (found.replica) all.push_back(fmt::format("{} is a replica: name the master", server));
    if (found.maxmemory > 0 && found.policy != "noeviction")
        all.push_back(
            fmt::format("{} has maxmemory-policy = {}: it may evict a lock that is held. Set it to "
                        "noeviction, or give the locks a Redis of their own",
                        server, found.policy));
    return all;
}

redis_settings redis_settings_in(std::string_view info) {
    redis_settings found;
    const auto limit = info_value(info, "maxmemory");
    std::from_chars(limit.data(), limit.data() + limit.size(), found.maxmemory);
    found.policy = info_value(info, "maxmemory_policy");
    found.replica = info_value(info, "role") == "slave";
    return found;
}

task<postgres_settings> read_settings(postgres::pool& ours, postgres::pool& plain, deadline until) {
    postgres::params none;
    const auto here = co_await ours.execute(ask_settings, std::move(none), until);
    postgres::params nothing_either;
    const auto there = co_await plain.execute(ask_settings, std::move(nothing_either), until);
    postgres_settings found;
    found.fsync = there.text(0, 0);
    found.full_page_writes = there.text(0, 1);
    found.commit_by_default = there.text(0, 2);
    found.in_recovery = there.truth(0, 3);
    found.commit_of_ours = here.text(0, 2);
    co_return found;
}

task<std::vector<std::string>> find_dangers(redis::connection& server, deadline until) {
    const std::string name = server.target().describe();
    std::vector<std::string> none;
    try {
        redis::command ask("INFO");
        const auto answer = co_await server.execute(std::move(ask), until);
        co_return dangers_of(redis_settings_in(answer.text()), name);
    } catch (const redis::refusal&) {
        none.push_back(name +
                       " does not permit INFO to this user, so that nobody knows whether it evicts locks");
    } catch (const error&) {
        // Others say so of a server that is away; a minority of redlock's masters may be.
    }
    co_return none;
}

}  // namespace dibs::coupon
