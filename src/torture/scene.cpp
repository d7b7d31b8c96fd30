#include "torture/scene.hpp"

#include "torture/admin.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <thread>
#include <utility>

namespace dibs::torture {
namespace {

using namespace std::chrono_literals;

constexpr auto sync_time = 30s;
constexpr auto between_looks = 5ms;
constexpr const char* password = "torture";  // a replica has its server's

bool is_on_the_way_to_redis(trouble what) {
    return what == trouble::failover || what == trouble::connections_cut || what == trouble::link_slow ||
           what == trouble::link_dead;
}

void await_sync(const sandbox::redis_server& replica) {
    admin looking(replica.url());
    const auto until = steady::now() + sync_time;
    for (;;) {
        const auto info = looking.ask(redis::command("INFO").arg("replication"));
        if (info.text().find("master_link_status:up") != std::string::npos) return;
        if (steady::now() > until)
            throw std::runtime_error("a replica of dibs torture does not come into sync");
        std::this_thread::sleep_for(between_looks);
    }
}

}  // namespace

scene::scene(sandbox::servers& box, trouble what, std::uint64_t seed)
    : box_(box), round_(fmt::format("{}-{}", to_string(what), seed)), seed_(seed) {
    manner redis;
    if (is_on_the_way_to_redis(what)) redis.by = reached::through_proxy;
    if (what == trouble::clock_forward || what == trouble::clock_backward) redis.clock = clock_is::to_be_set;
    redis_ = make_station("redis", redis);
    manner master;
    if (what == trouble::masters_failing) master.by = reached::through_proxy;
    if (what == trouble::clocks_forward) master.clock = clock_is::to_be_set;
    for (std::size_t i = 0; i < masters; ++i)
        masters_.at(i) = make_station(fmt::format("master{}", i), master);
}

scene::station scene::make_station(const std::string& name, manner how) const {
    station made;
    sandbox::redis_options options;
    options.name = round_ + '-' + name;
    options.arguments = {"--repl-diskless-sync-delay", "0"};
    if (how.clock == clock_is::to_be_set) {
        made.clock = std::make_unique<faults::wall_clock>(box_.folder() / (options.name + "-clock"));
        options.environment = made.clock->environment();
    }
    if (how.by == reached::through_proxy) {
        options.at = sandbox::address::loopback;
        options.password = password;
        options.arguments.insert(options.arguments.end(), {"--masterauth", password});
    }
    made.server = std::make_unique<sandbox::redis_server>(box_.supervisor(), options);
    made.server->start();
    if (how.by == reached::through_proxy)
        made.front = std::make_unique<faults::proxy_thread>(*made.server, seed_);
    return made;
}

std::string scene::station::url() const { return front ? front->url() : server->url(); }

config scene::addresses() const {
    config found;
    found.redis = redis_.url();
    for (const auto& one : masters_) found.masters.push_back(one.url());
    found.postgres = box_.postgres_url();
    return found;
}

std::vector<std::string> scene::redis_urls() const {
    std::vector<std::string> urls{redis_.server->url()};
    for (const auto& one : masters_) urls.push_back(one.server->url());
    return urls;
}

void scene::cut_off_replica() {
    behind_ = std::make_unique<faults::proxy_thread>(*redis_.server, seed_);
    const manner like_redis{.by = reached::through_proxy};
    replica_ = make_station(fmt::format("replica{}", ++replicas_), like_redis);
    const auto url = replica_.server->url();
    ask(url, redis::command("REPLICAOF").arg("127.0.0.1").arg(std::to_string(behind_->port())));
    await_sync(*replica_.server);
    faults::link_conditions dead;
    dead.hole = faults::black_hole::hold;
    behind_->change([&](faults::proxy& link) { link.set(dead); });
}

void scene::promote_replica() {
    ask(replica_.server->url(), redis::command("REPLICAOF").arg("NO").arg("ONE"));
    front().lead_to(*replica_.server);
    redis_.server->kill();
    redis_.server = std::move(replica_.server);
    replica_ = {};
    behind_.reset();
}

}  // namespace dibs::torture
