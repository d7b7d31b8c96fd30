#include "page/pages.hpp"

#include "coupon/answer_parts.hpp"
#include "page/event_stream.hpp"
#include "page/look.hpp"
#include "page/operator_view.hpp"

#include <unistd.h>

#include <algorithm>
#include <utility>

namespace dibs::page {
namespace {

/// An administrator who is none any more sees no more than so much of the stream.
constexpr std::chrono::minutes operators_turn{10};
constexpr std::chrono::hours users_turn{24};

feed_limits a_tenth_of(feed_limits all) {
    all.listeners = std::max<std::size_t>(all.listeners / 10, 1);
    return all;
}

http::handler streaming(feed& from, std::chrono::minutes turn) {
    return [&from, turn](const http::request& asked, const http::path_params&) -> task<http::response> {
        auto place = from.join(http::key_of(asked.client));
        if (!place)
            co_return coupon::come_again(
                "too-many-listeners", "Too many listeners",
                "so many follow this stream already; GET /api/coupons has the stock");
        co_return event_stream(std::move(place), turn);
    };
}

}  // namespace

pages::pages(const asio::any_io_executor& executor, page_sources from, feed_limits limits)
    : from_(std::move(from)),
      users_(
          executor, [this] { return look_for_users(); }, limits),
      operators_(
          executor, [this] { return look_for_operators(); }, a_tenth_of(limits)) {}

void pages::add_to(http::router& routes) {
    const auto page = [this](const char* name) {
        return [this, name](const http::request& asked, const http::path_params&) -> task<http::response> {
            co_return files_.page(name, asked);
        };
    };
    const auto file = [this](const http::request& asked,
                             const http::path_params& path) -> task<http::response> {
        co_return files_.file(path.at("version"), path.at("file"), asked);
    };
    routes.add(http::method::get, "/", page("operator.html"));
    routes.add(http::method::get, "/claim", page("claim.html"));
    routes.add(http::method::get, "/claim/{id}", page("claim.html"));
    routes.add(http::method::get, "/assets/{version}/{file}", file);
    routes.add(http::method::get, "/events", streaming(users_, users_turn));
    routes.add(http::method::get, "/api/admin/events",
               from_.for_administrators(streaming(operators_, operators_turn)));
}

task<void> pages::stop() {
    users_.close();
    operators_.close();
    co_await users_.settle();
    co_await operators_.settle();
}

task<std::string> pages::look_for_users() {
    co_return user_text(co_await coupons_shown(*from_.servers.pool));
}

task<std::string> pages::look_for_operators() {
    operator_view seen;
    seen.process = ::getpid();
    seen.coupons = co_await coupons_shown(*from_.servers.pool);
    seen.locks = co_await locks_of(from_.servers, seen.coupons);
    seen.claims = from_.claims->now();
    rates_.note(seen.coupons, steady::now());
    co_return operator_text(seen, rates_);
}

}  // namespace dibs::page
