#include "load/scenario.hpp"

#include "load/stage.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <fmt/format.h>

namespace dibs::load {

std::string service_address::describe() const {
    const bool literal = host.find(':') != std::string::npos;
    return literal ? fmt::format("http://[{}]:{}", host, port) : fmt::format("http://{}:{}", host, port);
}

service_address address_from_url(std::string_view url) {
    const auto read = boost::urls::parse_uri(url);
    const bool usable = read && read->scheme() == "http" && !read->host_address().empty() &&
                        (read->path().empty() || read->path() == "/") && !read->has_query() &&
                        !read->has_userinfo() && !(read->has_port() && read->port_number() == 0);
    if (!usable)
        throw bad_scenario(
            fmt::format("'{}' is not the address of a service: write http://HOST:PORT, as "
                        "http://localhost:3000 (https and paths are not spoken)",
                        url));
    service_address address;
    address.host = read->host_address();
    address.port = read->has_port() ? read->port_number() : std::uint16_t{80};
    return address;
}

std::vector<stage> published_stages() {
    using namespace std::chrono_literals;
    return {{10s, 20}, {30s, 100}, {10s, 20}, {30s, 0}};
}

std::vector<stats::threshold> published_thresholds() {
    return {stats::threshold::parse("http_req_duration:p(95)<2000"),
            stats::threshold::parse("coupon_issue_success_rate:rate>0.8")};
}

}  // namespace dibs::load
