#include "torture/scene.hpp"

#include "torture/admin.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <thread>
#include <utility>

namespace dibs::torture {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 30s;
constexpr auto between_looks = 5ms;

bool through_proxy(trouble what) {
    return what == trouble::failover || what == trouble::connections_cut || what == trouble::link_slow ||
           what == trouble::link_dead;
}

void await_sync(const sandbox::redis_server& replica) {
    const auto until = steady::now() + patience;
    while (
        ask(replica.url(), redis::command("INFO").arg("replication")).text().find("master_link_status:up") ==
        std::string::npos) {
        if (steady::now() > until)
            throw std::runtime_error("a replica of dibs torture does not come into sync");
        std::this_thread::sleep_for(between_looks);
    }
}

}  // namespace

scene::scene(sandbox::servers& box, trouble what, std::size_t round)
    : box_(box), what_(what), round_(fmt::format("{}-{}", to_string(what), round)), redis_(another_redis()) {
    if (through_proxy(what_)) front_ = std::make_unique<proxy_thread>(*redis_, round);
}

scene::~scene() {
    try {
        for (const auto& master : box_.redlock_urls()) ask(master, redis::command("FLUSHALL"));
    } catch (const std::exception&) {  // the next round finds out
    }
}

std::unique_ptr<sandbox::redis_server> scene::another_redis() {
    sandbox::redis_options options;
    options.name = fmt::format("{}-redis-{}", round_, started_++);
    options.arguments = {"--repl-diskless-sync-delay", "0"};
    if (through_proxy(what_)) {
        options.at = sandbox::address::loopback;
        options.password = "torture";
        options.arguments.insert(options.arguments.end(), {"--masterauth", options.password});
    }
    auto server = std::make_unique<sandbox::redis_server>(box_.supervisor(), options);
    server->start();
    return server;
}

config scene::addresses() const {
    config found;
    found.redis = front_ ? front_->url() : redis_->url();
    found.masters = box_.redlock_urls();
    found.postgres = box_.postgres_url();
    return found;
}

void scene::cut_off_replica() {
    behind_ = std::make_unique<proxy_thread>(*redis_, started_);
    replica_ = another_redis();
    ask(replica_->url(), redis::command("REPLICAOF").arg("127.0.0.1").arg(std::to_string(behind_->port())));
    await_sync(*replica_);
    faults::link_conditions dead;
    dead.hole = faults::black_hole::hold;
    behind_->change([&](faults::proxy& link) { link.set(dead); });
}

void scene::promote_replica() {
    ask(replica_->url(), redis::command("REPLICAOF").arg("NO").arg("ONE"));
    front_->lead_to(*replica_);
    redis_->kill();
    redis_ = std::move(replica_);
    behind_.reset();
}

}  // namespace dibs::torture
