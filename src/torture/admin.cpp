#include "torture/admin.hpp"

#include "core/run.hpp"
#include "redis/connection.hpp"

#include <optional>

namespace dibs::torture {
namespace {

constexpr std::chrono::seconds patience{10};

task<void> ask_one(std::string url, redis::command what, std::optional<redis::reply>& answer) {
    const auto executor = co_await asio::this_coro::executor;
    redis::connection server(executor, redis::endpoint_from_url(url));
    answer = co_await server.execute(std::move(what), after(patience));
    co_await server.close();
}

}  // namespace

redis::reply ask(const std::string& redis_url, redis::command what) {
    asio::io_context io{1};
    std::optional<redis::reply> answer;
    run_to_end(io, ask_one(redis_url, std::move(what), answer));
    return std::move(*answer);
}

}  // namespace dibs::torture
