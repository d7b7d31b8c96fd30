// `dibs serve` as its clients see it.
#include "coupon/accounts/tokens.hpp"
#include "tests/support/coupon_client.hpp"
#include "tests/support/coupon_office.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/run_task.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <set>

namespace dibs::coupon {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using tests::api_answer;
using tests::coupon_client;
using tests::serve_process;

class coupon_service : public testing::Test {
   protected:
    sandbox::supervisor box;
    tests::fresh_schema schema;
    tests::server_urls urls = tests::coupon_servers(schema.url());

    serve_process serve(const std::vector<std::string>& more = {}, std::uint16_t port = 0) {
        std::vector<std::string> words{"--redis",     urls.redis, "--postgres",
                                       urls.postgres, "--port",   std::to_string(port)};
        for (const auto& master : urls.masters) words.insert(words.end(), {"--redlock", master});
        words.insert(words.end(), more.begin(), more.end());
        return {box, words};
    }
};

std::string sign_up_body(const std::string& email, const std::string& key, const std::string& password) {
    const auto extra = password.empty() ? "" : fmt::format(R"(,"password":"{}")", password);
    return fmt::format(R"({{"email":"{}","name":"Ann","idempotencyKey":"{}"{}}})", email, key, extra);
}

TEST_F(coupon_service, answers_the_published_script) {
    const auto service = serve({"--coupon", "test-coupon-1:K6LOADTEST:10"});
    const coupon_client client(service.port());
    const auto user =
        client.post("/api/auth/signup", sign_up_body("k6@example.com", "register_1", "Passw0rd!"));
    EXPECT_EQ(user.status, 201);
    const std::string token(user.data().at("accessToken").as_string());
    const std::string path = "/api/coupons/test-coupon-1/claims";
    const std::string body =
        fmt::format(R"({{"couponCode":"K6LOADTEST","idempotencyKey":"issue_{}1"}})", token.substr(0, 10));
    const auto first = client.post(path, body, {coupon_client::bearer(token), "X-Lock-Strategy: queue"});
    EXPECT_EQ(first.status, 201);
    EXPECT_TRUE(first.data().at("id").is_int64());
    EXPECT_EQ(first.data().at("couponId").as_string(), "test-coupon-1");
    const auto again = client.post(path, body, {coupon_client::bearer(token)});
    EXPECT_EQ(again.status, 201);
    EXPECT_EQ(again.text, first.text) << "the same key, the same answer, whatever the strategy";
    const auto mine = client.get("/api/me/coupons", {coupon_client::bearer(token)});
    EXPECT_EQ(mine.data().as_array().size(), 1U);
    const auto coupon = client.get("/api/coupons/test-coupon-1");
    const std::string shown = R"({"id":"test-coupon-1","stock":10,"issued":1,"remaining":9,"perUser":1,)"
                              R"("state":"open","opensAt":null,"closesAt":null})";
    EXPECT_EQ(coupon.text, R"({"data":)" + shown + "}");
    EXPECT_EQ(client.get("/api/coupons").text, R"({"data":[)" + shown + "]}");
    EXPECT_EQ(client.get("/healthz").status, 200);
}

TEST_F(coupon_service, a_sign_up_may_be_repeated_by_who_made_it) {
    const auto service = serve();
    const coupon_client client(service.port());
    const auto sign_up = [&](const std::string& email, const std::string& key, const std::string& password) {
        return client.post("/api/auth/signup", sign_up_body(email, key, password));
    };
    const auto first = sign_up("ann@test", "1", "secret");
    ASSERT_EQ(first.status, 201);
    const auto again = sign_up("ANN@test", "1", "secret");
    EXPECT_EQ(again.status, 201);
    EXPECT_EQ(again.data().at("user"), first.data().at("user"));
    for (const auto& other : {sign_up("ann@test", "2", "secret"), sign_up("ann@test", "1", "guess"),
                              sign_up("ann@test", "1", "")}) {
        EXPECT_EQ(other.status, 409);
        EXPECT_EQ(other.problem(), "email-taken");
    }
    const auto guest = sign_up("bob@test", "1", "");
    EXPECT_EQ(sign_up("bob@test", "1", "").data().at("user"), guest.data().at("user"));
    EXPECT_EQ(sign_up("bob@test", "2", "").status, 409);
    EXPECT_EQ(tests::run_sql(schema.url(), "SELECT count(*) FROM users"), "2");
    EXPECT_THAT(tests::run_sql(schema.url(), "SELECT password_hash FROM users WHERE email = 'ann@test'"),
                testing::StartsWith("$argon2id$v=19$m=19456,t=2,p=1$"));
}

TEST_F(coupon_service, two_processes_on_one_port_issue_the_stock_and_no_more) {
    std::vector<std::string> coupons;
    for (const auto kind : all_strategies)
        coupons.insert(coupons.end(), {"--coupon", fmt::format("{}:CODE:5", to_string(kind))});
    const auto first = serve(coupons);
    const auto second = serve(coupons, first.port());
    EXPECT_EQ(second.port(), first.port());
    const coupon_client client(first.port());
    std::vector<std::string> tokens;
    for (int i = 0; i < 15; ++i) tokens.push_back(client.sign_up("user" + std::to_string(i)));
    for (const auto kind : all_strategies) {
        const std::string word(to_string(kind));
        std::vector<std::future<api_answer>> answers;
        for (const auto& token : tokens)
            answers.push_back(std::async(std::launch::async, [&client, &token, word] {
                return client.claim({token, word, word, "key-" + word});
            }));
        std::set<std::int64_t> issued;
        int sold_out = 0;
        for (auto& coming : answers) {
            const auto answer = coming.get();
            if (answer.status == 201) issued.insert(answer.data().at("id").as_int64());
            if (answer.status == 409 && answer.problem() == "sold-out") ++sold_out;
            EXPECT_THAT(answer.head, testing::Not(HasSubstr("X-Claim-Conflicts"))) << word;
        }
        EXPECT_EQ(issued.size(), 5U) << word;
        EXPECT_EQ(sold_out, 10) << word;
    }
}

TEST_F(coupon_service, says_what_is_wrong_with_a_request) {
    const auto service = serve({"--coupon", "t:CODE:5"});
    const coupon_client client(service.port());
    const std::string mine = coupon_client::bearer(client.sign_up("ann"));
    const std::string path = "/api/coupons/t/claims";
    const std::string good = R"({"couponCode":"CODE","idempotencyKey":"key"})";
    const auto expect = [](const api_answer& answer, int status, const std::string& problem) {
        EXPECT_EQ(answer.status, status) << answer.text;
        if (!problem.empty()) {
            EXPECT_EQ(answer.problem(), problem);
        }
        EXPECT_THAT(answer.head, HasSubstr("application/problem+json"));
    };
    expect(client.post(path, "{", {mine}), 400, "malformed-request");
    expect(client.post(path, R"({"couponCode":1,"idempotencyKey":"key"})", {mine}), 400, "malformed-request");
    expect(client.post(path, "", {mine, "Content-Length: 0"}), 400, "malformed-request");
    expect(client.post("/api/auth/signup", R"({"email":"x"})"), 400, "malformed-request");
    const auto unknown = client.post(path, good, {mine, "X-Lock-Strategy: hope"});
    expect(unknown, 400, "unknown-strategy");
    EXPECT_THAT(unknown.text, HasSubstr("database, spinlock, pubsub, queue, fencing, redlock, cas"));
    expect(client.post("/api/coupons/none/claims", good, {mine}), 404, "unknown-coupon");
    expect(client.post("/api/coupons/%00%ff/claims", good, {mine}), 404, "unknown-coupon");
    expect(client.get("/api/coupons/none"), 404, "unknown-coupon");
    expect(client.post(path, R"({"couponCode":"code","idempotencyKey":"key"})", {mine}), 422, "wrong-code");
    expect(client.post(path, std::string(1 << 20, ' ') + good, {mine}), 413, "");
    expect(client.get("/nowhere"), 404, "");
    expect(client.get("/api/auth/signup"), 405, "");
    EXPECT_EQ(client.get("/api/coupons/t").data().at("issued").as_int64(), 0);
}

TEST_F(coupon_service, wants_a_token_of_its_own) {
    const auto service = serve({"--coupon", "t:CODE:5"});
    const coupon_client client(service.port());
    const tokens ours{token_key(serve_process::token_key)};
    const tokens theirs{token_key(std::string(32, 'x'))};
    const auto now = tokens::clock::now();
    const std::string good = client.sign_up("ann");
    const std::string unsigned_token =
        "eyJhbGciOiJub25lIn0" + good.substr(good.find('.'), good.rfind('.') + 1 - good.find('.'));
    for (const auto& bad :
         {std::string(), std::string("x"), unsigned_token, theirs.issue(user_id{1}, now),
          ours.issue(user_id{1}, now - tokens::usual_life - 2min), ours.issue(user_id{999}, now)}) {
        const auto answer = client.claim({bad, "t", "queue"});
        EXPECT_EQ(answer.status, 401) << bad;
        EXPECT_THAT(answer.head, HasSubstr("WWW-Authenticate: Bearer"));
    }
    EXPECT_EQ(client.get("/api/me/coupons").status, 401);
    EXPECT_EQ(client.claim({ours.issue(user_id{1}, now), "t", "queue"}).status, 201)
        << "signed by another process";
    EXPECT_EQ(client.get("/api/coupons/t").data().at("issued").as_int64(), 1);
}

TEST_F(coupon_service, offers_redlock_only_with_its_masters) {
    urls.masters.clear();
    const auto service = serve({"--coupon", "t:CODE:5"});
    const coupon_client client(service.port());
    const auto answer = client.claim({client.sign_up("ann"), "t", "redlock"});
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.problem(), "unknown-strategy");
    EXPECT_THAT(answer.text, testing::Not(HasSubstr("redlock")));
}

/// Holds a coupon's queue lock from outside of the service.
class held_lock {
   public:
    held_lock(const tests::server_urls& urls, const std::string& coupon)
        : servers_(io_.get_executor(), urls) {
        locker_ = locks::make_locker(algorithm::queue, servers_.for_lockers());
        lock_request wanted(lock_of_coupon(coupon));
        wanted.lease = 60s;
        lease_ = tests::run_task(io_, locker_->acquire(std::move(wanted)));
    }
    void let_go() { tests::run_task(io_, lease_->release()); }
    /// Whether somebody stands in the lock's queue; asks until it is so.
    void await_waiter(const std::string& coupon) {
        const auto key = "dibs:{" + lock_of_coupon(coupon) + "}:queue";
        for (const auto until = after(30s); steady::now() < until;) {
            redis::command length("LLEN");
            length.arg(key);
            if (tests::run_task(io_, servers_.redis().execute(std::move(length), after(5s))).integer() > 0)
                return;
        }
        throw std::runtime_error("nobody waits for the lock");
    }

   private:
    asio::io_context io_{1};
    tests::lock_servers servers_;
    std::unique_ptr<locks::locker> locker_;
    std::optional<locks::lease> lease_;
};

TEST_F(coupon_service, says_when_the_lock_was_not_had_in_time) {
    const auto service = serve({"--coupon", "t:CODE:5", "--wait", "200ms"});
    const coupon_client client(service.port());
    const std::string token = client.sign_up("ann");
    held_lock elsewhere(urls, "t");
    const auto answer = client.claim({token, "t", "queue"});
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.problem(), "lock-timeout");
    EXPECT_THAT(answer.head, HasSubstr("Retry-After: 1"));
    elsewhere.let_go();
    EXPECT_EQ(client.claim({token, "t", "queue"}).status, 201);
}

TEST_F(coupon_service, turns_away_what_is_too_much_and_says_what_is_under_way) {
    const auto service = serve({"--coupon", "t:CODE:5", "--max-claims", "1"});
    const coupon_client client(service.port());
    const std::string ann = client.sign_up("ann");
    const std::string bob = client.sign_up("bob");
    held_lock elsewhere(urls, "t");
    auto waiting = std::async(std::launch::async, [&] { return client.claim({ann, "t", "queue"}); });
    elsewhere.await_waiter("t");
    const auto turned_away = client.claim({bob, "t", "cas"});
    EXPECT_EQ(turned_away.status, 503);
    EXPECT_EQ(turned_away.problem(), "overloaded");
    EXPECT_THAT(turned_away.head, HasSubstr("Retry-After: "));
    elsewhere.let_go();
    EXPECT_EQ(waiting.get().status, 201);
    EXPECT_EQ(client.claim({bob, "t", "cas"}).status, 201);
}

TEST_F(coupon_service, says_that_the_same_request_is_under_way) {
    const auto service = serve({"--coupon", "t:CODE:5"});
    const coupon_client client(service.port());
    const std::string ann = client.sign_up("ann");
    held_lock elsewhere(urls, "t");
    auto waiting = std::async(std::launch::async, [&] { return client.claim({ann, "t", "queue"}); });
    elsewhere.await_waiter("t");
    const auto twice = client.claim({ann, "t", "queue"});
    EXPECT_EQ(twice.status, 409);
    EXPECT_EQ(twice.problem(), "in-progress");
    EXPECT_THAT(twice.head, HasSubstr("Retry-After: "));
    elsewhere.let_go();
    const auto first = waiting.get();
    EXPECT_EQ(first.status, 201);
    EXPECT_EQ(client.claim({ann, "t", "queue"}).text, first.text);
}

TEST_F(coupon_service, takes_the_key_from_a_field) {
    const auto service = serve({"--coupon", "t:CODE:5"});
    const coupon_client client(service.port());
    const auto bearer = coupon_client::bearer(client.sign_up("ann"));
    const auto claim = [&](const std::string& body, const std::string& key) {
        return client.post("/api/coupons/t/claims", body, {bearer, "Idempotency-Key: " + key});
    };
    const auto first = claim(R"({"couponCode":"CODE"})", R"("k-1")");
    EXPECT_EQ(first.status, 201);
    EXPECT_EQ(claim(R"({"couponCode":"CODE","idempotencyKey":"k-1"})", "k-1").text, first.text);
    EXPECT_EQ(claim(R"({"couponCode":"CODE","idempotencyKey":"k-2"})", "k-1").status, 400);
    const auto another_body = claim(R"({"couponCode":"OTHER"})", "k-1");
    EXPECT_EQ(another_body.status, 422);
    EXPECT_EQ(another_body.problem(), "key-reused");
}

TEST_F(coupon_service, limits_each_user_by_itself) {
    const auto service = serve({"--coupon", "t:CODE:5", "--rate-limit-user", "0.01/s"});
    const coupon_client client(service.port());
    const std::string ann = client.sign_up("ann");
    const std::string bob = client.sign_up("bob");
    EXPECT_EQ(client.claim({ann, "t", "cas"}).status, 201);
    const auto refused = client.claim({ann, "t", "cas"});
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(refused.problem(), "rate-limited");
    EXPECT_THAT(refused.head, HasSubstr("Retry-After: "));
    EXPECT_EQ(client.claim({bob, "t", "cas"}).status, 201);
}

TEST_F(coupon_service, finishes_what_it_has_begun_when_it_is_told_to_stop) {
    auto service = serve({"--coupon", "t:CODE:5"});
    const coupon_client client(service.port());
    const std::string token = client.sign_up("ann");
    held_lock elsewhere(urls, "t");
    auto waiting = std::async(std::launch::async, [&] { return client.claim({token, "t", "queue"}); });
    elsewhere.await_waiter("t");
    service.process().signal(SIGTERM);
    elsewhere.let_go();
    EXPECT_EQ(waiting.get().status, 201);
    const auto ended = service.process().wait(sandbox::clock::now() + 30s);
    ASSERT_TRUE(ended);
    EXPECT_EQ(ended->code(), 0);
    EXPECT_EQ(service.errors(), "") << "quiet";
}

}  // namespace
}  // namespace dibs::coupon
