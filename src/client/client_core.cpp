#include "client/client_core.hpp"

#include "locks/admission.hpp"
#include "locks/cohort.hpp"
#include "locks/local_handoff.hpp"
#include "redis/endpoint.hpp"

#include <dibs/error.hpp>

#include <utility>

namespace dibs::detail {
namespace {

constexpr std::chrono::seconds time_to_connect{5};

// PostgreSQL's bound for its own waits is 24.8 days.
constexpr std::chrono::days longest_wait{24};

void check(const lock_request& request) {
    locks::check_lease(request.lease, request.name.text());
    if (request.wait < request.wait.zero() || request.wait > longest_wait)
        throw error(fault::bad_input, "dibs", request.name.text(),
                    "a wait is of 0 ms to 24 days; whoever wants to wait on asks again");
    if (request.local_handoff == local_handoff::on && !locks::can_hand_on_locally(request.algorithm))
        throw error(fault::bad_input, "dibs", request.name.text(),
                    std::string(to_string(request.algorithm)) + " cannot hand on locally");
}

}  // namespace

locks::server_addresses addresses_in(const config& servers) {
    locks::server_addresses where;
    if (!servers.redis.empty()) where.redis = redis::endpoint_from_url(servers.redis);
    for (const auto& url : servers.masters) where.masters.push_back(redis::endpoint_from_url(url));
    if (!servers.postgres.empty()) where.postgres = postgres::target{.conninfo = servers.postgres};
    where.sessions.size = servers.postgres_sessions;
    return where;
}

client_core::client_core(asio::any_io_executor executor, const config& servers)
    : executor_(std::move(executor)),
      servers_(executor_, addresses_in(servers)),
      keeper_(executor_),
      observer_(servers.observer) {}

task<void> client_core::open() { return servers_.examine(after(time_to_connect)); }

task<std::optional<locks::lease>> client_core::acquire(lock_request request) {
    check(request);
    if (closed_) throw error(fault::closed, "dibs", request.name.text(), "the client was closed");
    auto& locker = locker_for(request.algorithm);
    return locker.acquire(std::move(request));
}

task<void> client_core::close() {
    closed_ = true;
    const auto tell = [this] {
        for (const auto& [kind, made] : lockers_) made->closed();
    };
    tell();  // who stands in a queue leaves it while that can be told
    co_await servers_.close();
    tell();
}

locks::locker& client_core::locker_for(algorithm kind) {
    const auto known = lockers_.find(kind);
    if (known != lockers_.end()) return *known->second;
    return *lockers_.emplace(kind, make_locker(kind)).first->second;
}

std::unique_ptr<locks::locker> client_core::make_locker(algorithm kind) const {
    auto made = locks::make_locker(kind, servers_.for_lockers());
    if (!locks::can_hand_on_locally(kind)) return made;
    return std::make_unique<locks::cohort>(executor_, std::move(made));
}

}  // namespace dibs::detail
