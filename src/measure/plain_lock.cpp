#include "measure/plain_lock.hpp"

#include "redis/scripts.hpp"

#include <utility>

namespace dibs::measure {
namespace {

constexpr int lease_ms = 10'000;

}  // namespace

lock_commands::lock_commands(kind of, const lock_name& name)
    : kind_(of),
      keys_(of == kind::redlock ? locks::lock_keys::of_redlock(name) : locks::lock_keys::with_queue(name)),
      owner_(owners_.next()) {}

redis::script_call lock_commands::with_keys(const redis::script& what) const {
    redis::script_call call(what);
    for (const auto& key : keys_.keys) call.key(key);
    call.arg(owner_.text());
    return call;
}

redis::script_call lock_commands::acquire() {
    owner_ = owners_.next();
    auto call = with_keys(kind_ == kind::queue ? redis::scripts::enqueue : redis::scripts::acquire);
    call.arg(lease_ms);
    call.arg(1);
    if (kind_ == kind::queue) call.arg("wait");
    return call;
}

redis::script_call lock_commands::release() const { return with_keys(redis::scripts::release); }

plain_lock::plain_lock(lock_commands commands, const std::vector<std::string>& redis_urls)
    : commands_(std::move(commands)) {
    for (const auto& url : redis_urls) servers_.emplace_back(redis::endpoint_from_url(url));
    ask_all(commands_.acquire().by_source());
    ask_all(commands_.release().by_source());
}

void plain_lock::cycle() {
    ask_all(commands_.acquire().by_digest());
    ask_all(commands_.release().by_digest());
}

void plain_lock::ask_all(const redis::command& what) {
    for (auto& server : servers_) server.send(what);
    for (auto& server : servers_) server.receive();
}

}  // namespace dibs::measure
