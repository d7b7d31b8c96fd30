// The pages and their streams, over raw HTTP from `dibs serve`.
#include "tests/support/account_servers.hpp"
#include "tests/support/raw_http.hpp"
#include "tests/support/run_task.hpp"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <future>
#include <memory>
#include <regex>
#include <set>
#include <stdexcept>

namespace dibs::page {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using tests::api_answer;
using tests::coupon_client;
using tests::log_in;
using tests::raw_http;
using tests::run_task;
using tests::sign_up_named;
using tests::signs_up;
using tests::text_in;

namespace json = boost::json;

/// Follows a stream of server-sent events.
class event_source {
   public:
    event_source(std::uint16_t port, const std::string& path, const std::string& field = "") : wire_(port) {
        const auto more = field.empty() ? "" : field + "\r\n";
        header = wire_.say("GET " + path + " HTTP/1.1\r\nHost: h\r\n" + more + "\r\n").header_only();
    }

    /// The next event's data; throws for what is none.
    json::value next() {
        while (text_.find("\n\n") == std::string::npos) text_ += chunk();
        const auto end = text_.find("\n\n");
        const std::string event = text_.substr(0, end);
        text_.erase(0, end + 2);
        return event == ":" ? next() : json::parse(event.substr(event.find("data: ") + 6));
    }

    /// The first event for which this holds; throws where none of thirty does.
    template <class Condition>
    json::value await(Condition holds) {
        for (int seen = 0; seen < 30; ++seen)
            if (auto event = next(); holds(event)) return event;
        throw std::runtime_error("what was awaited did not come");
    }

    std::string until_closed() { return wire_.until_closed(); }

    std::string header;

   private:
    std::string chunk() {
        std::string size;
        while (!size.ends_with("\r\n")) size += wire_.take(1);
        auto whole = wire_.take(std::stoul(size, nullptr, 16) + 2);
        return whole.substr(0, whole.size() - 2);
    }

    raw_http wire_;
    std::string text_;
};

std::string field_in(const api_answer& answer, const std::string& name) {
    const auto at = answer.head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return "";
    const auto begin = at + name.size() + 4;
    return answer.head.substr(begin, answer.head.find('\r', begin) - begin);
}

class page_servers : public tests::account_servers {
   protected:
    std::string administrator(const coupon_client& client) {
        sign_up_named(client, "boss", signs_up::with_password);
        EXPECT_EQ(admin("grant", "boss@test").status, 0);
        return coupon_client::bearer(text_in(log_in(client, "boss"), "accessToken"));
    }
};

TEST_F(page_servers, serve_both_pages_and_all_that_they_name) {
    const auto service = serve();
    const coupon_client client(service.port());
    std::set<std::string> files;
    for (const std::string path : {"/", "/claim", "/claim/spring"}) {
        const auto page = client.get(path);
        EXPECT_EQ(page.status, 200) << path;
        EXPECT_EQ(field_in(page, "Content-Type"), "text/html; charset=utf-8");
        EXPECT_EQ(field_in(page, "Cache-Control"), "no-cache");
        EXPECT_THAT(field_in(page, "Content-Security-Policy"), HasSubstr("frame-ancestors 'none'"));
        EXPECT_EQ(field_in(page, "X-Content-Type-Options"), "nosniff");
        EXPECT_EQ(field_in(page, "Referrer-Policy"), "no-referrer");
        const auto again = client.get(path, {"If-None-Match: " + field_in(page, "ETag")});
        EXPECT_EQ(again.status, 304) << path;
        EXPECT_EQ(again.text, "");
        const std::regex named("(?:href|src)=\"(/assets/[^\"]+)\"");
        for (std::sregex_iterator one(page.text.begin(), page.text.end(), named), end; one != end; ++one)
            files.insert((*one)[1]);
    }
    EXPECT_EQ(files.size(), 6U);
    for (const auto& file : files) {
        const auto answer = client.get(file);
        EXPECT_EQ(answer.status, 200) << file;
        EXPECT_EQ(field_in(answer, "Cache-Control"), "public, max-age=31536000, immutable");
    }
}

TEST_F(page_servers, tell_everybody_the_stock_as_it_falls) {
    const auto service = serve({"--coupon", "spring:CODE:2"});
    const coupon_client client(service.port());
    event_source first(service.port(), "/events");
    EXPECT_THAT(first.header, HasSubstr("\r\nContent-Type: text/event-stream\r\n"));
    EXPECT_THAT(first.header, HasSubstr("\r\nCache-Control: no-store\r\n"));
    EXPECT_EQ(first.next(), client.get("/api/coupons").body) << "the same as the API has it";
    event_source second(service.port(), "/events");
    second.next();
    for (const int left : {1, 0}) {
        const auto token = client.sign_up("user" + std::to_string(left));
        ASSERT_EQ(client.claim({token, "spring", "cas"}).status, 201);
        for (auto* one : {&first, &second})
            EXPECT_EQ(one->next().at("data").at(0).at("remaining"), left) << "one event for each change";
    }
}

TEST_F(page_servers, tell_operators_alone_what_happens) {
    const auto service = serve({"--coupon", "spring:CODE:1"});
    const coupon_client client(service.port());
    const auto user = coupon_client::bearer(client.sign_up("ann"));
    EXPECT_EQ(client.get("/api/admin/events").status, 401);
    EXPECT_EQ(client.get("/api/admin/events", {user}).status, 403);
    event_source board(service.port(), "/api/admin/events", administrator(client));
    const auto before = board.next();
    EXPECT_EQ(before.at("coupons").at(0).at("remaining"), 1);
    EXPECT_EQ(before.at("claims").at("answered"), 0);
    EXPECT_TRUE(before.at("claims").at("p50").is_null());
    EXPECT_EQ(before.at("locks").as_array().size(), 0U);
    ASSERT_EQ(client.claim({client.sign_up("bob"), "spring", "queue"}).status, 201);
    ASSERT_EQ(client.claim({client.sign_up("cid"), "spring", "cas"}).status, 409);
    const auto after = board.await([](const auto& event) { return event.at("claims").at("answered") == 2; });
    const auto& claims = after.at("claims");
    EXPECT_DOUBLE_EQ(claims.at("perSecond").at("issued").as_double(), 0.1);
    EXPECT_DOUBLE_EQ(claims.at("perSecond").at("sold_out").as_double(), 0.1);
    EXPECT_DOUBLE_EQ(claims.at("perSecond").at("failed").as_double(), 0);
    EXPECT_GT(claims.at("p99").as_double(), 0.01);
    EXPECT_EQ(after.at("coupons").at(0).at("issued"), 1);
    EXPECT_GT(after.at("coupons").at(0).at("issuedPerSecond").as_double(), 0);
}

TEST_F(page_servers, show_operators_who_holds_a_lock_and_who_waits) {
    const auto service = serve({"--coupon", "spring:CODE:5"});
    const coupon_client client(service.port());
    event_source board(service.port(), "/api/admin/events", administrator(client));
    for (const std::string lock : {"queue", "database"}) {
        asio::io_context io{1};
        tests::lock_servers servers(io.get_executor(), urls);
        const auto held_by = tests::make_lock(lock, servers.for_lockers());
        auto held = run_task(io, held_by.locker->acquire(held_by.request("coupon:spring")));
        ASSERT_TRUE(held);
        const auto token = client.sign_up("waits-for-" + lock);
        auto claim = std::async(std::launch::async, [&] { return client.claim({token, "spring", lock}); });
        const auto seen = board.await([](const auto& event) {
            const auto& locks = event.at("locks").as_array();
            return locks.size() == 1 && locks[0].at("waiters") == 1;
        });
        const auto& shown = seen.at("locks").at(0);
        EXPECT_EQ(shown.at("name"), "coupon:spring");
        EXPECT_EQ(shown.at("backend"), lock == "queue" ? "redis" : "database");
        EXPECT_THAT(std::string(shown.at("holder").as_string()), HasSubstr(held->owner().text()));
        EXPECT_EQ(shown.at("token"), held->token()->value());
        run_task(io, held->release());
        EXPECT_EQ(claim.get().status, 201);
        board.await([](const auto& event) { return event.at("locks").as_array().empty(); });
        run_task(io, servers.close());
    }
}

TEST_F(page_servers, have_a_bound_of_listeners_and_let_others_in_when_they_leave) {
    const auto service = serve();
    const coupon_client client(service.port());
    const auto auth = administrator(client);
    std::vector<std::unique_ptr<event_source>> boards;
    for (int i = 0; i < 100; ++i) {
        boards.push_back(std::make_unique<event_source>(service.port(), "/api/admin/events", auth));
        ASSERT_THAT(boards.back()->header, HasSubstr("HTTP/1.1 200 ")) << i;
    }
    const auto refused = client.get("/api/admin/events", {auth});
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused.problem(), "too-many-listeners");
    EXPECT_EQ(field_in(refused, "Retry-After"), "1");
    EXPECT_THAT(event_source(service.port(), "/events").header, HasSubstr("HTTP/1.1 200 "))
        << "users have places of their own";
    boards.pop_back();
    std::string header;
    while (!header.starts_with("HTTP/1.1 200 "))
        header = event_source(service.port(), "/api/admin/events", auth).header;
}

TEST_F(page_servers, each_tell_of_their_own_claims_and_of_the_stock_of_all) {
    const auto first = serve({"--coupon", "spring:CODE:5"});
    const auto second = serve();
    const coupon_client client(first.port());
    const auto auth = administrator(client);
    ASSERT_EQ(client.claim({client.sign_up("ann"), "spring", "cas"}).status, 201);
    event_source one(first.port(), "/api/admin/events", auth);
    event_source other(second.port(), "/api/admin/events", auth);
    const auto here = one.await([](const auto& event) { return event.at("claims").at("answered") == 1; });
    const auto there = other.next();
    EXPECT_NE(here.at("process"), there.at("process"));
    EXPECT_EQ(there.at("claims").at("answered"), 0);
    EXPECT_EQ(there.at("coupons").at(0).at("issued"), 1);
}

TEST_F(page_servers, end_their_streams_when_the_service_stops) {
    auto service = serve();
    event_source stream(service.port(), "/events");
    stream.next();
    const auto asked = std::chrono::steady_clock::now();
    service.process().signal(SIGTERM);
    EXPECT_EQ(stream.until_closed(), "0\r\n\r\n") << "in good order";
    EXPECT_EQ(service.process().wait(sandbox::clock::now() + 20s).value().code(), 0);
    EXPECT_LT(std::chrono::steady_clock::now() - asked, 5s);
}

}  // namespace
}  // namespace dibs::page
