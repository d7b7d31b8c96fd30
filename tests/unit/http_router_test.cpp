#include "http/problem.hpp"
#include "http/router.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <stdexcept>

namespace dibs::http {
namespace {

task<response> nothing(const request&, const path_params&) { co_return response{}; }

router coupons() {
    router made;
    made.add(method::get, "/", nothing);
    made.add(method::get, "/api/coupons", nothing);
    made.add(method::get, "/api/coupons/{id}", nothing);
    made.add(method::post, "/api/coupons/{id}/claims", nothing);
    made.add(method::get, "/api/{kind}/mine/{id}", nothing);
    return made;
}

std::string allowed(const router::match& found) {
    for (const auto& [name, value] : found.refusal->headers)
        if (name == "Allow") return value;
    return {};
}

TEST(http_router, finds_the_handler_and_what_stands_in_braces) {
    const router routes = coupons();
    const auto found = routes.find(method::post, "/api/coupons/test-coupon-1/claims");
    ASSERT_NE(found.action, nullptr);
    EXPECT_EQ(found.params.at("id"), "test-coupon-1");
    EXPECT_THROW((void)found.params.at("kind"), std::out_of_range);
    EXPECT_NE(routes.find(method::get, "/").action, nullptr);
    const auto two = routes.find(method::get, "/api/coupons/mine/7");
    ASSERT_NE(two.action, nullptr);
    EXPECT_EQ(two.params.at("kind"), "coupons");
    EXPECT_EQ(two.params.at("id"), "7");
}

TEST(http_router, decodes_a_segment_after_the_path_was_split) {
    const router routes = coupons();
    EXPECT_EQ(routes.find(method::get, "/api/coupons/a%2Fb%20c%C3%A9").params.at("id"), "a/b c\u00e9");
    EXPECT_EQ(routes.find(method::get, "/api/coupons/a+b").params.at("id"), "a+b");
    for (const char* broken : {"/api/coupons/a%2", "/api/coupons/%zz", "/api/coupons/%"}) {
        const auto found = routes.find(method::get, broken);
        EXPECT_EQ(found.action, nullptr);
        EXPECT_EQ(found.refusal->status, 400) << broken;
    }
}

TEST(http_router, answers_404_where_nothing_is) {
    const router routes = coupons();
    for (const char* path : {"/api", "/api/coupons/", "/api/coupons/x/", "/api/coupons//claims",
                             "/API/coupons", "", "api/coupons", "*", "//", "/api/coupons/x/claims/y"})
        EXPECT_EQ(routes.find(method::get, path).refusal->status, 404) << path;
}

TEST(http_router, answers_405_with_the_methods_that_are_allowed) {
    const router routes = coupons();
    const auto claims = routes.find(method::get, "/api/coupons/x/claims");
    EXPECT_EQ(claims.refusal->status, 405);
    EXPECT_EQ(allowed(claims), "POST");
    EXPECT_EQ(allowed(routes.find(method::erase, "/api/coupons")), "GET, HEAD");
}

TEST(http_router, answers_head_where_get_is_served) {
    const router routes = coupons();
    EXPECT_NE(routes.find(method::head, "/api/coupons").action, nullptr);
    EXPECT_EQ(routes.find(method::head, "/api/coupons/x/claims").refusal->status, 405);
}

TEST(http_router, tells_the_pattern_of_a_path_and_none_of_what_is_no_path) {
    const router routes = coupons();
    EXPECT_EQ(routes.pattern_of(method::head, "/"), "/");
    EXPECT_EQ(routes.pattern_of(method::post, "/api/coupons/x/claims"), "/api/coupons/{id}/claims");
    for (const char* path : {"*", "", "xapi/coupons", "/api*coupons"})
        EXPECT_EQ(routes.pattern_of(method::get, path), "") << path;
}

TEST(http_router, refuses_a_pattern_that_is_no_path) {
    router routes;
    EXPECT_THROW(routes.add(method::get, "hello", nothing), std::invalid_argument);
}

TEST(http_problem, is_json_of_rfc_9457) {
    problem what;
    what.status = 409;
    what.type = "/problems/sold-out";
    what.title = "Sold \"out\"";
    what.members = {{"coupon", "x"}, {"status", "not this one"}};
    const response made = to_response(what);
    EXPECT_EQ(made.status, 409);
    EXPECT_EQ(made.content_type, "application/problem+json");
    const auto read = boost::json::parse(made.body);
    EXPECT_EQ(read.at("type").as_string(), "/problems/sold-out");
    EXPECT_EQ(read.at("title").as_string(), "Sold \"out\"");
    EXPECT_EQ(read.at("status").as_int64(), 409);
    EXPECT_EQ(read.at("coupon").as_string(), "x");
    EXPECT_FALSE(read.as_object().contains("detail"));
}

TEST(http_problem, without_a_type_bears_the_phrase_of_its_status) {
    const auto read = boost::json::parse(plain_problem(413, "too much").body);
    EXPECT_EQ(read.at("type").as_string(), "about:blank");
    EXPECT_EQ(read.at("title").as_string(), "Payload Too Large");
    EXPECT_EQ(read.at("detail").as_string(), "too much");
}

}  // namespace
}  // namespace dibs::http
