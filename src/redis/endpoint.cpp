#include "redis/endpoint.hpp"

#include <dibs/error.hpp>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <fmt/format.h>

#include <charconv>

namespace dibs::redis {
namespace {

namespace urls = boost::urls;

[[noreturn]] void reject(std::string_view why) {
    throw error(fault::bad_input, "redis", "URL",
                fmt::format("{}; accepted are redis://[[user]:password@]host[:port][/database] and "
                            "redis+unix://[[user]:password@]/path/to.sock[?db=number]",
                            why));
}

template <class Number>
bool read_number(std::string_view digits, Number& number) {
    const auto* end = digits.data() + digits.size();
    const auto parsed = std::from_chars(digits.data(), end, number);
    return parsed.ec == std::errc{} && parsed.ptr == end;
}

int database_from(std::string_view digits) {
    int number = 0;
    if (!read_number(digits, number) || number < 0) reject("the database is not a number");
    return number;
}

void take_user(const urls::url_view& url, endpoint& target) {
    if (!url.has_userinfo()) return;
    target.user = url.user();
    target.password = url.password();
    if (!target.user.empty() && target.password.empty()) reject("a user is given without a password");
}

endpoint unix_socket(const urls::url_view& url) {
    endpoint target;
    take_user(url, target);
    if (!url.encoded_host().empty() || url.has_port())
        reject("a unix socket has a path and no host (three slashes)");
    target.unix_path = url.path();
    if (target.unix_path.size() < 2 || target.unix_path.front() != '/')
        reject("the path of the unix socket is missing");
    for (const auto& parameter : url.params()) {
        if (parameter.key != "db") reject("the only parameter is db");
        target.database = database_from(parameter.value);
    }
    return target;
}

endpoint tcp(const urls::url_view& url) {
    endpoint target;
    take_user(url, target);
    target.host = url.host_address();
    if (target.host.empty()) reject("the host is missing");
    // What stood there as %3A: it would be shown as an IPv6 address.
    if (url.host_type() == urls::host_type::name && target.host.find(':') != std::string::npos)
        reject("a host's name has no colon");
    // url.port_number() of Boost 1.81 wraps around
    if (url.has_port() && (!read_number(url.port(), target.port) || target.port == 0))
        reject("the port is not a number from 1 to 65535");
    const std::string path = url.path();
    if (path.size() > 1) target.database = database_from(std::string_view(path).substr(1));
    if (url.has_query() || url.has_fragment()) reject("a query or fragment has no meaning here");
    return target;
}

}  // namespace

std::string endpoint::describe() const {
    if (!unix_path.empty()) return fmt::format("redis unix:{}", unix_path);
    const bool is_ipv6 = host.find(':') != std::string::npos;
    return is_ipv6 ? fmt::format("redis [{}]:{}", host, port) : fmt::format("redis {}:{}", host, port);
}

endpoint endpoint_from_url(std::string_view url) {
    const auto parsed = urls::parse_uri(url);
    if (!parsed) reject("this is not a URL");
    const auto scheme = parsed->scheme();
    if (scheme == "redis") return tcp(*parsed);
    if (scheme == "redis+unix" || scheme == "unix") return unix_socket(*parsed);
    if (scheme == "rediss") reject("TLS (rediss) is not supported");
    reject("the scheme is unknown");
}

}  // namespace dibs::redis
