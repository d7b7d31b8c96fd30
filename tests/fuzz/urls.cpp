// Where servers are: read, or refused as bad input. What is read can be written as a URL that says the same,
// and no password is shown.
#include "postgres/target.hpp"
#include "redis/endpoint.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <dibs/client.hpp>

#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <fmt/format.h>
#include <libpq-fe.h>

#include <memory>
#include <optional>
#include <string>

namespace dibs::fuzz {
namespace {

/// Empty where `read` refuses its input as bad; any other exception ends the run.
template <class Read>
auto unless_bad(Read read) -> std::optional<decltype(read())> {
    try {
        return read();
    } catch (const error& refused) {
        require(refused.kind() == fault::bad_input, "refused for another reason than bad input");
        return std::nullopt;
    }
}

std::string escaped(std::string_view text) {
    return boost::urls::encode(text, boost::urls::unreserved_chars);
}

/// By hand: what Boost.URL builds is another path where one begins with two slashes, and another address of
/// IPv6.
std::string url_of(const redis::endpoint& where) {
    const auto who =
        where.password.empty() ? "" : fmt::format("{}:{}@", escaped(where.user), escaped(where.password));
    if (!where.unix_path.empty())
        return fmt::format("redis+unix://{}{}?db={}", who,
                           boost::urls::encode(where.unix_path, boost::urls::unreserved_chars + '/'),
                           where.database);
    const bool is_v6 = where.host.find(':') != std::string::npos;
    const auto host = is_v6 ? fmt::format("[{}]", where.host) : escaped(where.host);
    return fmt::format("redis://{}{}:{}/{}", who, host, where.port, where.database);
}

void redis_url(std::string_view text) {
    const auto read = unless_bad([&] { return redis::endpoint_from_url(text); });
    if (!read) return;
    require(read->database >= 0 && (read->port > 0 || !read->unix_path.empty()), "no such port or database");
    const auto again = unless_bad([&] { return redis::endpoint_from_url(url_of(*read)); });
    require(again && again->host == read->host && again->port == read->port &&
                again->unix_path == read->unix_path && again->user == read->user &&
                again->password == read->password && again->database == read->database,
            "the URL of an endpoint is another endpoint's");
}

void client_url(std::string_view text) {
    const auto read = unless_bad([&] { return config::from_url(std::string(text)); });
    require(!read || read->redis.empty() != read->postgres.empty(), "a URL of two servers or of none");
}

struct read_conninfo {
    std::string password;
    std::string rest;
};

std::optional<read_conninfo> read(const std::string& conninfo) {
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
        PQconninfoParse(conninfo.c_str(), nullptr), &PQconninfoFree);
    if (!options) return std::nullopt;
    read_conninfo found;
    for (const auto* option = options.get(); option->keyword != nullptr; ++option) {
        if (option->val == nullptr) continue;
        const bool is_password = option->keyword == std::string_view("password");
        (is_password ? found.password : found.rest.append(option->keyword).append(1, '=')) += option->val;
    }
    return found;
}

/// The same but for its password, where that can be said of it.
std::optional<std::string> with_another_password(const std::string& conninfo) {
    const bool is_url = conninfo.find("://") != std::string::npos;
    const auto* joint = !is_url ? " " : conninfo.find('?') == std::string::npos ? "?" : "&";
    auto changed = conninfo + joint + "password=another";
    const auto before = read(conninfo);
    const auto after = read(changed);
    if (!before || !after || after->password != "another" || before->rest != after->rest) return std::nullopt;
    return changed;
}

/// Looking for the password itself would also find one that is the name of a host, or of the backend.
void database_url(std::string_view text) {
    const std::string conninfo(text.substr(0, text.find('\0')));
    const postgres::target where{.conninfo = conninfo};
    const auto shown = unless_bad([&] { return where.describe(); });
    const auto options = unless_bad([&] { return where.session_options(); });
    require(shown.has_value() == options.has_value(), "a conninfo is good for one thing and not for another");
    const auto changed = shown ? with_another_password(conninfo) : std::nullopt;
    require(!changed || postgres::target{.conninfo = *changed}.describe() == shown, "a password is shown");
}

}  // namespace
}  // namespace dibs::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace dibs::fuzz;
    const auto text = text_of(data, size);
    redis_url(text);
    client_url(text);
    database_url(text);
    return 0;
}
