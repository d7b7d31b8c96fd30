// The administration of coupons, and who may do it.
#include "coupon/accounts/tokens.hpp"
#include "tests/support/account_servers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

namespace dibs::coupon {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using tests::api_answer;
using tests::as_json;
using tests::coupon_client;
using tests::log_in;
using tests::serve_process;
using tests::sign_up_named;
using tests::signs_up;
using tests::text_in;

constexpr const char* all_of_them = "/api/admin/coupons";

class coupon_admin : public tests::account_servers {
   protected:
    /// Signs up, is granted the role, and logs in: the Authorization header.
    std::string administrator(const coupon_client& client, const std::string& name = "boss") {
        sign_up_named(client, name, signs_up::with_password);
        EXPECT_EQ(admin("grant", name + "@test").status, 0);
        return coupon_client::bearer(text_in(log_in(client, name), "accessToken"));
    }
};

api_answer create(const coupon_client& client, const std::string& auth, const std::string& body) {
    return client.post(all_of_them, body, {auth});
}

api_answer edit(const coupon_client& client, const std::string& auth, const std::string& body,
                const std::string& if_match = "") {
    coupon_client::fields fields{auth};
    if (!if_match.empty()) fields.push_back("If-Match: " + if_match);
    return client.patch(std::string(all_of_them) + "/drop", body, fields);
}

std::string etag_in(const api_answer& answer) {
    constexpr std::string_view name = "ETag: ";
    const auto at = answer.head.find(name);
    if (at == std::string::npos) throw std::runtime_error("no ETag: " + answer.head);
    return answer.head.substr(at + name.size(), answer.head.find('\r', at) - at - name.size());
}

void expect_problem(const api_answer& answer, int status, const std::string& problem) {
    EXPECT_EQ(answer.status, status) << answer.text;
    EXPECT_EQ(answer.problem(), problem);
    EXPECT_THAT(answer.head, HasSubstr("application/problem+json"));
}

TEST_F(coupon_admin, creates_edits_and_pauses_a_coupon) {
    const auto service = serve();
    const coupon_client client(service.port());
    const std::string boss = administrator(client);
    const auto made =
        create(client, boss,
               R"({"id":"drop","code":"CODE","stock":2,"perUser":2,"opensAt":"2025-01-31T12:00:00Z"})");
    EXPECT_EQ(made.status, 201);
    const std::string shown =
        R"({"data":{"id":"drop","code":"CODE","stock":2,"issued":0,"remaining":2,"perUser":2,)"
        R"("opensAt":"2025-01-31T12:00:00.000000Z","closesAt":null,"paused":false}})";
    EXPECT_EQ(made.text, shown);
    EXPECT_THAT(made.head, HasSubstr("Location: /api/admin/coupons/drop\r\n"));
    const std::string ann = client.sign_up("ann");
    EXPECT_EQ(client.claim({ann, "drop", "cas"}).status, 201);
    EXPECT_EQ(edit(client, boss, R"({"paused":true})").data().at("paused"), true);
    EXPECT_NE(client.claim({ann, "drop", "cas", "second"}).status, 201);
    const auto edited = edit(client, boss, R"({"paused":false,"stock":1,"opensAt":null,"code":"NEW"})");
    EXPECT_EQ(edited.text,
              R"({"data":{"id":"drop","code":"NEW","stock":1,"issued":1,"remaining":0,"perUser":2,)"
              R"("opensAt":null,"closesAt":null,"paused":false}})");
    const auto seen = client.get("/api/admin/coupons/drop", {boss});
    EXPECT_EQ(seen.text,
              R"({"data":{"id":"drop","code":"NEW","stock":1,"issued":1,"remaining":0,"perUser":2,)"
              R"("opensAt":null,"closesAt":null,"paused":false,"claims":1,"users":1,"conflicts":{}}})");
    EXPECT_EQ(etag_in(seen), etag_in(edited));
    EXPECT_EQ(client.get(all_of_them, {boss}).data().as_array().size(), 1U);
    EXPECT_EQ(
        sql("SELECT string_agg(edited_by || ' ' || change, ' ' ORDER BY id) FROM coupon_edits WHERE "
            "coupon_id = 'drop' "
            "AND change ? 'paused' AND NOT change ? 'created'"),
        R"-(1 {"paused": true} 1 {"code": "(not shown)", "stock": 1, "paused": false, "opensAt": null})-");
    EXPECT_EQ(sql("SELECT count(*) FROM coupon_edits WHERE change ? 'created'"), "1");
}

TEST_F(coupon_admin, counts_what_became_of_the_pieces) {
    const auto service = serve({"--coupon", "drop:CODE:10", "--coupon", "other:CODE:10"});
    const coupon_client client(service.port());
    const std::string boss = administrator(client);
    EXPECT_EQ(edit(client, boss, R"({"perUser":2})").status, 200);
    const std::string ann = client.sign_up("ann");
    client.claim({ann, "drop", "cas", "1"});
    client.claim({ann, "drop", "queue", "2"});
    client.claim({client.sign_up("bob"), "drop", "cas"});
    client.claim({ann, "other", "cas"});
    sql("INSERT INTO claim_conflicts VALUES ('drop', 'queue', 3), ('drop', 'cas', 1), ('other', 'cas', 5)");
    const auto drop = client.get("/api/admin/coupons/drop", {boss}).data();
    EXPECT_EQ(drop.at("issued"), 3);
    EXPECT_EQ(drop.at("claims"), 3);
    EXPECT_EQ(drop.at("users"), 2);
    EXPECT_EQ(boost::json::serialize(drop.at("conflicts")), R"({"cas":1,"queue":3})");
    sql("UPDATE sessions SET expires_at = now() WHERE user_id = 2");
    EXPECT_EQ(client.get("/api/admin/statistics", {boss}).text,
              R"({"data":{"users":{"total":3,"guests":2,"administrators":1},"sessions":3,)"
              R"("coupons":{"total":2,"issued":4},"conflicts":{"cas":6,"queue":3}}})");
}

TEST_F(coupon_admin, says_what_is_wrong_with_a_coupon) {
    const auto service = serve({"--coupon", "drop:CODE:5"});
    const coupon_client client(service.port());
    const std::string boss = administrator(client);
    client.claim({client.sign_up("ann"), "drop", "cas"});
    client.claim({client.sign_up("bob"), "drop", "cas"});
    const auto refused = [&](const std::string& body, const std::string& what) {
        const auto answer = create(client, boss, body);
        expect_problem(answer, 400, "malformed-request");
        EXPECT_THAT(answer.text, HasSubstr(what));
    };
    refused("{", "not JSON");
    refused(R"({"id":"x","code":"C"})", "`stock` is missing");
    refused(R"({"id":"x","code":"C","stock":-1})", "`stock` must be a whole number from 0");
    refused(R"({"id":"x y","code":"C","stock":1})", "`id` must be");
    refused(R"({"id":"x\r\nSet-Cookie: a=b","code":"C","stock":1})", "`id` must be");
    refused(R"({"id":"x","code":"C","stock":1,"opensAt":"tomorrow"})", "`opensAt` must be a time in UTC");
    refused(
        R"({"id":"x","code":"C","stock":1,"opensAt":"2025-02-01T00:00:00Z","closesAt":"2025-01-01T00:00:00Z"})",
        "`opensAt` must be before `closesAt`");
    refused(R"({"id":"x","code":"C","stock":1,"isued":5})", "`isued` is not known here");
    expect_problem(create(client, boss, R"({"id":"drop","code":"OTHER","stock":1})"), 409, "coupon-exists");
    expect_problem(edit(client, boss, R"({"stock":1})"), 409, "stock-below-issued");
    expect_problem(
        edit(client, boss, R"({"closesAt":"2025-01-01T00:00:00Z","opensAt":"2025-01-01T00:00:00Z"})"), 400,
        "malformed-request");
    expect_problem(edit(client, boss, R"({"id":"other"})"), 400, "malformed-request");
    expect_problem(edit(client, boss, "{}"), 400, "malformed-request");
    expect_problem(edit(client, boss, R"({"paused":true})", "3"), 400, "malformed-request");
    for (const std::string id : {"none", "%00", "a%0d%0aX-Evil:%20yes", "'%20OR%201=1%20--"}) {
        expect_problem(client.patch(fmt::format("{}/{}", all_of_them, id), R"({"stock":9})", {boss}), 404,
                       "unknown-coupon");
        const auto answer = client.get(fmt::format("{}/{}", all_of_them, id), {boss});
        expect_problem(answer, 404, "unknown-coupon");
        EXPECT_THAT(answer.head, Not(HasSubstr("X-Evil")));
    }
    EXPECT_EQ(sql("SELECT stock || code || issued FROM coupons"), "5CODE2");
    EXPECT_EQ(sql("SELECT count(*) FROM coupon_edits"), "0") << "what was refused is no edit";
}

TEST_F(coupon_admin, sql_in_a_member_is_text) {
    const auto service = serve();
    const coupon_client client(service.port());
    const std::string boss = administrator(client);
    const std::string code = "'); DROP TABLE claims; UPDATE users SET role = 'admin'; --";
    EXPECT_EQ(create(client, boss, as_json({{"id", "drop"}, {"code", code}, {"stock", 1}})).status, 201);
    EXPECT_EQ(text_in(edit(client, boss, as_json({{"code", code + "\r\nX-Evil: yes"}})), "code"),
              code + "\r\nX-Evil: yes");
    EXPECT_EQ(sql("SELECT count(*) FROM claims"), "0");
    sign_up_named(client, "ann'; UPDATE users SET role='admin'; --", signs_up::as_guest);
    EXPECT_EQ(sql("SELECT count(*) FROM users WHERE role = 'admin'"), "1");
}

TEST_F(coupon_admin, an_etag_keeps_two_administrators_apart) {
    const auto service = serve({"--coupon", "drop:CODE:100"});
    const coupon_client client(service.port());
    const std::string boss = administrator(client);
    const std::string before = etag_in(client.get("/api/admin/coupons/drop", {boss}));
    client.claim({client.sign_up("ann"), "drop", "cas"});
    std::vector<std::future<api_answer>> answers;
    for (int i = 0; i < 4; ++i)
        answers.push_back(std::async(std::launch::async, [&, i] {
            return edit(client, boss, fmt::format(R"({{"stock":{}}})", 200 + i), before);
        }));
    int done = 0;
    for (auto& coming : answers) {
        const auto answer = coming.get();
        if (answer.status == 200)
            ++done;
        else
            expect_problem(answer, 412, "edited-meanwhile");
    }
    EXPECT_EQ(done, 1) << "a claim is no edit";
    EXPECT_EQ(edit(client, boss, R"({"stock":300})", before).status, 412);
    EXPECT_EQ(edit(client, boss, R"({"stock":300})", "*").status, 200);
    EXPECT_EQ(edit(client, boss, R"({"stock":301})").status, 200) << "the last writer wins";
    expect_problem(client.patch("/api/admin/coupons/none", R"({"stock":1})", {boss, "If-Match: \"1\""}), 404,
                   "unknown-coupon");
}

TEST_F(coupon_admin, is_for_administrators_alone) {
    const auto service = serve({"--coupon", "drop:CODE:5"});
    const coupon_client client(service.port());
    const auto user = sign_up_named(client, "ann", signs_up::with_password);
    const std::string ann = coupon_client::bearer(text_in(user, "accessToken"));
    const tokens ours{token_key(serve_process::token_key)};
    const auto now = tokens::clock::now();
    const std::string liar = coupon_client::bearer(ours.issue({user_id{1}, role::admin}, now));
    const std::string nobody = coupon_client::bearer(ours.issue({user_id{99}, role::admin}, now));
    const std::string good = R"({"id":"new","code":"C","stock":1})";
    const auto each = [&](const std::string& auth, int status, const std::string& problem) {
        expect_problem(create(client, auth, good), status, problem);
        expect_problem(create(client, auth, "{"), status, problem);
        expect_problem(edit(client, auth, R"({"stock":9})"), status, problem);
        expect_problem(client.get(all_of_them, {auth}), status, problem);
        expect_problem(client.get("/api/admin/coupons/drop", {auth}), status, problem);
        expect_problem(client.get("/api/admin/coupons/none", {auth}), status, problem);
        expect_problem(client.get("/api/admin/statistics", {auth}), status, problem);
    };
    each("Authorization: Basic YW5uOnNlY3JldA==", 401, "unauthorized");
    each("X-Role: admin", 401, "unauthorized");
    each(ann, 403, "forbidden");
    each(liar, 403, "forbidden");
    each(nobody, 401, "unauthorized");
    EXPECT_EQ(sql("SELECT count(*) FROM coupons WHERE id = 'new' OR stock <> 5"), "0");
}

TEST_F(coupon_admin, a_role_that_is_revoked_is_gone_at_once) {
    const auto service = serve();
    const coupon_client client(service.port());
    const auto before = sign_up_named(client, "ann", signs_up::with_password);
    const auto granted = admin("grant", "ANN@test");
    EXPECT_EQ(granted.status, 0);
    EXPECT_EQ(granted.out, "ann@test (user 1) is now an administrator\n");
    EXPECT_EQ(admin("grant", "ann@test").out, "ann@test (user 1) is and was an administrator\n");
    EXPECT_EQ(client.get(all_of_them, {coupon_client::bearer(text_in(before, "accessToken"))}).status, 403)
        << "the token is from before";
    const auto renewed =
        client.post("/api/auth/refresh", as_json({{"refreshToken", text_in(before, "refreshToken")}}));
    EXPECT_EQ(renewed.data().at("user").at("role").as_string(), "admin");
    const std::string ann = coupon_client::bearer(text_in(renewed, "accessToken"));
    EXPECT_EQ(client.get(all_of_them, {ann}).status, 200);
    EXPECT_EQ(admin("revoke", "ann@test").out, "ann@test (user 1) is now no administrator\n");
    expect_problem(client.get(all_of_them, {ann}), 403, "forbidden");
    EXPECT_EQ(client.get("/api/me/coupons", {ann}).status, 200) << "still a user";
}

TEST_F(coupon_admin, the_command_says_why_it_does_nothing) {
    const auto service = serve();
    const coupon_client client(service.port());
    sign_up_named(client, "guest", signs_up::as_guest);
    for (const std::string email : {"nobody@test", "guest@test", "x'||(select(1))||'@test"}) {
        const auto answer = admin("grant", email);
        EXPECT_EQ(answer.status, 1);
        EXPECT_THAT(answer.errors, HasSubstr("nobody has signed up as " + email + " with a password"));
    }
    EXPECT_EQ(admin("grant", "no address").status, 2);
    EXPECT_EQ(tests::run_program(box, DIBS_PROGRAM, {"admin", "grant", "ann@test"}).status, 2);
    EXPECT_EQ(sql("SELECT count(*) FROM users WHERE role = 'admin'"), "0");
}

TEST_F(coupon_admin, others_see_coupons_without_a_token_and_never_their_code) {
    const auto service = serve({"--coupon", "drop:SESAME:5"});
    const coupon_client client(service.port());
    for (const std::string path : {"/api/coupons", "/api/coupons/drop"}) {
        const auto answer = client.get(path);
        EXPECT_EQ(answer.status, 200);
        EXPECT_THAT(answer.text, HasSubstr(R"("id":"drop")"));
        EXPECT_THAT(answer.text, Not(HasSubstr("SESAME")));
        EXPECT_THAT(answer.text, Not(HasSubstr("code")));
    }
    const auto wrong = client.post("/api/coupons/drop/claims", R"({"couponCode":"x","idempotencyKey":"k"})",
                                   {coupon_client::bearer(client.sign_up("ann"))});
    EXPECT_THAT(wrong.text, Not(HasSubstr("SESAME")));
}

}  // namespace
}  // namespace dibs::coupon
