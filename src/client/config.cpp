#include <dibs/client.hpp>

#include <utility>

namespace dibs {

config config::from_url(std::string url) {
    config servers;
    if (url.starts_with("redis") || url.starts_with("unix"))
        servers.redis = std::move(url);
    else if (url.starts_with("postgres"))
        servers.postgres = std::move(url);
    else
        throw error(fault::bad_input, "dibs", "URL",
                    "one of redis://HOST:PORT, redis+unix:///PATH and postgresql://HOST/DATABASE is needed");
    return servers;
}

}  // namespace dibs
