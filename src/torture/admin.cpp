#include "torture/admin.hpp"

#include "core/run.hpp"

#include <optional>

namespace dibs::torture {
namespace {

constexpr std::chrono::seconds patience{10};

task<void> ask_one(redis::connection& server, redis::command what, std::optional<redis::reply>& answer) {
    answer = co_await server.execute(std::move(what), after(patience));
}

}  // namespace

admin::admin(const std::string& redis_url)
    : server_(io_.get_executor(), redis::endpoint_from_url(redis_url)) {}

redis::reply admin::ask(redis::command what) {
    std::optional<redis::reply> answer;
    run_to_end(io_, ask_one(server_, std::move(what), answer));
    return std::move(*answer);
}

redis::reply ask(const std::string& redis_url, redis::command what) {
    return admin(redis_url).ask(std::move(what));
}

}  // namespace dibs::torture
