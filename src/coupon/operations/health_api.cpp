#include "coupon/operations/health_api.hpp"

#include "coupon/answer_parts.hpp"
#include "coupon/documents.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <utility>

namespace dibs::coupon {
namespace {

http::response not_ready(const missing_parts& missing) {
    std::string detail;
    boost::json::object listed;
    for (const auto& [name, trouble] : missing) {
        detail += (detail.empty() ? "" : ", ") + name + ": " + trouble;
        listed[name] = trouble;
    }
    http::response made = come_again("not-ready", "Not ready", detail);
    auto body = boost::json::parse(made.body).as_object();
    body["missing"] = std::move(listed);
    made.body = boost::json::serialize(body);
    return made;
}

task<http::response> description(const http::request&, const http::path_params&) {
    http::response made;
    made.body = documents.front().content;
    co_return made;
}

}  // namespace

void health_api::add_to(http::router& routes) {
    using namespace std::placeholders;
    routes.add(http::method::get, "/healthz", std::bind(&health_api::alive, this, _1, _2));
    routes.add(http::method::get, "/readyz", std::bind(&health_api::ready, this, _1, _2));
    routes.add(http::method::get, "/openapi.json", description);
}

task<http::response> health_api::alive(const http::request&, const http::path_params&) {
    boost::json::array strategies;
    for (const auto kind : use_.offered()) strategies.emplace_back(to_string(kind));
    co_return data_answer(200, boost::json::object{{"status", "ok"}, {"strategies", std::move(strategies)}});
}

task<http::response> health_api::ready(const http::request&, const http::path_params&) {
    const auto missing = co_await use_.state->examine();
    if (!missing.empty()) co_return not_ready(missing);
    co_return data_answer(200, boost::json::object{{"status", "ready"}});
}

}  // namespace dibs::coupon
