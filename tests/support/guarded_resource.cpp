#include "tests/support/guarded_resource.hpp"

#include "redis/script.hpp"

namespace dibs::tests {
namespace {

constexpr std::chrono::seconds database_patience{20};

const redis::script enter_script("enter", R"lua(
    redis.call('HINCRBY', KEYS[1], 'visits', 1)
    if redis.call('HINCRBY', KEYS[1], 'inside', 1) > 1 then redis.call('HINCRBY', KEYS[1], 'overlaps', 1) end
    if ARGV[1] ~= '' then
        local seen = redis.call('HGET', KEYS[1], 'token')
        if seen and tonumber(ARGV[1]) <= tonumber(seen) then redis.call('HINCRBY', KEYS[1], 'stale', 1) end
        redis.call('HSET', KEYS[1], 'token', ARGV[1])
    end
    return 0
)lua");

std::int64_t number_in(const redis::reply& field) { return field.is_nil() ? 0 : std::stoll(field.text()); }

}  // namespace

task<void> guarded_resource::enter(std::optional<fencing_token> token) {
    const auto shown = token ? std::to_string(token->value()) : std::string();
    const auto call = redis::script_call(enter_script).key(key_).arg(shown);
    co_await redis::evaluate(connection_, call, after(database_patience));
}

task<void> guarded_resource::leave() {
    auto out = redis::command("HINCRBY").arg(key_).arg("inside").arg(-1);
    co_await connection_.execute(std::move(out), after(database_patience));
}

task<guarded_resource::findings> guarded_resource::read() {
    auto ask = redis::command("HMGET").arg(key_).arg("visits").arg("overlaps").arg("stale");
    const auto answer = co_await connection_.execute(std::move(ask), after(database_patience));
    const auto& fields = answer.elements();
    co_return findings{number_in(fields.at(0)), number_in(fields.at(1)), number_in(fields.at(2))};
}

}  // namespace dibs::tests
