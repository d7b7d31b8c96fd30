// `dibs soak` as its users see it, and whether its reconciliation sees what went wrong.
#include "coupon/inventory.hpp"
#include "coupon/operations/schema.hpp"
#include "history/reader.hpp"
#include "history/writer.hpp"
#include "soak/answer.hpp"
#include "soak/reconcile.hpp"
#include "soak/shop.hpp"
#include "soak/soak.hpp"
#include "tests/support/postgres_test.hpp"
#include "tests/support/processes.hpp"
#include "tests/support/run_program.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <csignal>
#include <fstream>
#include <map>
#include <sstream>

namespace dibs::tests {
namespace {

using namespace std::chrono_literals;
using history::phase;
using testing::HasSubstr;

class dibs_soak : public testing::Test {
   protected:
    std::filesystem::path out() const { return box.folder() / "out"; }
    boost::json::value json() const {
        std::ifstream file(box.folder() / "soak.json");
        std::stringstream text;
        text << file.rdbuf();
        return boost::json::parse(text.str());
    }
    static void expect_nothing_wrong(const boost::json::value& written) {
        for (const auto& [what, count] : written.at("wrong").as_object()) EXPECT_EQ(count, 0) << what;
    }
    sandbox::supervisor box;
};

TEST_F(dibs_soak, kills_everything_and_finds_the_books_exact) {
    const auto ran = run_program(box, DIBS_PROGRAM,
                                 {"soak", "--claims", "600", "--kills", "9", "--seed", "1", "--rate", "200",
                                  "--out", out(), "--json", box.folder() / "soak.json"});
    ASSERT_EQ(ran.status, 0) << ran.out << ran.errors;
    EXPECT_THAT(ran.out, HasSubstr("| acknowledged and lost "));
    EXPECT_THAT(ran.out, HasSubstr("service 3, redis 2, master 2, postgres 2, pause 1"));
    const auto written = json();
    EXPECT_EQ(written.at("ended"), "whole");
    EXPECT_EQ(written.at("kills"), 9);
    EXPECT_GE(written.at("acknowledged").as_int64(), 600);
    for (const char* seen : {"retries", "resolved", "sold_out", "repeated", "refused"})
        EXPECT_GT(written.at(seen).as_int64(), 0) << seen;
    expect_nothing_wrong(written);

    const auto again = run_program(box, DIBS_PROGRAM, {"soak", "--out", out()});
    EXPECT_EQ(again.status, 1);
    EXPECT_THAT(again.errors, HasSubstr(out().native())) << "another soak's history is there";
}

TEST_F(dibs_soak, reconciles_what_there_is_when_it_is_interrupted) {
    auto soak = start_program(
        box, DIBS_PROGRAM,
        {"soak", "--kills", "0", "--seed", "1", "--out", out(), "--json", box.folder() / "soak.json"});
    const auto acknowledged = [&] {
        std::ifstream file(out() / "customers.history");
        std::stringstream text;
        text << file.rdbuf();
        return text.str().find("claim\tok") != std::string::npos;
    };
    while (soak.running() && !acknowledged()) {
    }
    soak.signal(SIGINT);
    EXPECT_EQ(end_of(soak).code(), 105);
    const auto written = json();
    EXPECT_EQ(written.at("ended"), "interrupted");
    EXPECT_GT(written.at("acknowledged").as_int64(), 0);
    expect_nothing_wrong(written);
}

/// Ann has a piece, bea the last of another coupon, cy came too late; dan does not know that he has one, and
/// eve was told that she has none.
class soak_books : public postgres_test {
   protected:
    soak_books() {
        run(coupon::migrate(pool, after(10s)));
        run(coupon::add_coupon(pool, {"plenty", "c", 10}, after(10s)));
        run(coupon::add_coupon(pool, {"drop", "c", 1}, after(10s)));
        std::filesystem::create_directory(folder());
        for (const char* user : {"ann", "bea", "dan"}) {
            const bool last = std::string_view(user) == "bea";
            give(user, last ? "drop" : "plenty");
        }
        sql("INSERT INTO users (email, name, idempotency_key) VALUES ('cy', 'c', 'k'), ('eve', 'e', 'k')");
        tell("ann", "plenty", phase::ok, "k 1");
        tell("bea", "drop", phase::ok, "k 2");
        tell("cy", "drop", phase::fail, "sold out");
        tell("dan", "plenty", phase::info, "no answer");
        tell("eve", "plenty", phase::fail, "lock-timeout");
    }
    std::filesystem::path folder() const { return box.folder() / "histories"; }

    void give(const std::string& user, const std::string& coupon) {
        sql(fmt::format("INSERT INTO users (email, name, idempotency_key) VALUES ('{0}', '{0}', 'k')", user));
        sql(
            fmt::format("INSERT INTO claims (coupon_id, user_id, idempotency_key) "
                        "SELECT '{}', id, 'k' FROM users WHERE email = '{}'; "
                        "UPDATE coupons SET issued = issued + 1 WHERE id = '{}'",
                        coupon, user, coupon));
    }
    void tell(const std::string& user, const std::string& coupon, phase how, const std::string& value) {
        history::writer customers(folder() / "customers.history");
        history::event record;
        record.process = 1;
        record.operation = ++operations;
        record.action = history::action::claim;
        record.name = coupon;
        record.owner = user;
        record.value = "k";
        customers.write(record);
        record.phase = how;
        record.value = value;
        customers.write(record);
    }
    soak::books reconciled() {
        const auto held = run(soak::read_holdings(pool, after(10s)));
        {
            history::writer found(folder() / "found.history");
            run(soak::record_found(pool, held, found, after(10s)));
        }
        return soak::reconcile(history::read(folder()).events, held);
    }

    sandbox::supervisor box;
    postgres::pool pool{io.get_executor(), where()};
    std::uint64_t operations = 0;
};

TEST_F(soak_books, are_exact_where_nothing_went_wrong) {
    const auto found = reconciled();
    EXPECT_TRUE(found.exact()) << testing::PrintToString(found.explanations);
    EXPECT_EQ(found.acknowledged, 2);
    EXPECT_EQ(found.in_database, 3);
}

TEST_F(soak_books, show_a_winner_after_sold_out) {
    sql("UPDATE coupons SET stock = 2 WHERE id = 'drop'");
    give("fay", "drop");
    tell("fay", "drop", phase::ok, "k 4");
    EXPECT_EQ(reconciled().sold_out_too_early, 1);
}

TEST_F(soak_books, are_not_exact_where_the_database_was_not_read) {
    const auto held = run(soak::read_holdings(pool, after(10s)));
    const auto found = soak::reconcile(history::read(folder()).events, held);
    EXPECT_EQ(found.lost, found.acknowledged);
    EXPECT_FALSE(found.exact());
}

struct tampering {
    const char* what;
    const char* sql;
    std::int64_t soak::books::*shows;
};

class soak_books_tampered : public soak_books, public testing::WithParamInterface<tampering> {};

TEST_P(soak_books_tampered, show_it) {
    sql(GetParam().sql);
    const auto found = reconciled();
    EXPECT_EQ(found.*GetParam().shows, 1) << testing::PrintToString(found.explanations);
    EXPECT_FALSE(found.exact());
}

using soak::books;
INSTANTIATE_TEST_SUITE_P(
    each, soak_books_tampered,
    testing::Values(
        tampering{"lost",
                  "DELETE FROM claims WHERE id = 1; UPDATE coupons SET issued = 1 WHERE id = 'plenty'",
                  &books::lost},
        tampering{"phantom", R"(INSERT INTO claims (coupon_id, user_id, idempotency_key)
                                SELECT 'plenty', id, 'k' FROM users WHERE email = 'eve';
                                UPDATE coupons SET issued = 3 WHERE id = 'plenty')",
                  &books::phantom},
        tampering{"oversold", R"(ALTER TABLE coupons DROP CONSTRAINT coupons_issued_within_stock;
                                 UPDATE coupons SET stock = 0 WHERE id = 'drop')",
                  &books::oversold},
        tampering{"twice", R"(ALTER TABLE claims DROP CONSTRAINT claims_numbered_per_user;
                              INSERT INTO claims (coupon_id, user_id, idempotency_key)
                              SELECT 'plenty', id, 'another' FROM users WHERE email = 'ann')",
                  &books::twice},
        tampering{"second_result", R"(ALTER TABLE claims DROP CONSTRAINT claims_one_per_key;
                                      INSERT INTO claims (coupon_id, user_id, idempotency_key, ordinal)
                                      SELECT 'plenty', id, 'k', 2 FROM users WHERE email = 'ann')",
                  &books::second_results},
        tampering{"miscounted", "UPDATE coupons SET issued = 3 WHERE id = 'plenty'", &books::miscounted},
        tampering{"sold_out_with_pieces_left", "UPDATE coupons SET stock = 2 WHERE id = 'drop'",
                  &books::sold_out_too_early}),
    [](const auto& of) { return of.param.what; });

TEST(soak_blows, fall_all_over_the_load_and_on_everybody) {
    const soak::blows_wanted wanted{.seed = 7, .kills = 90, .services = 3};
    const auto planned = soak::plan_blows(wanted);
    std::map<std::pair<soak::blow_kind, std::size_t>, int> victims;
    double before = 0;
    for (const auto& one : planned) {
        ++victims[{one.what, one.which}];
        EXPECT_GE(one.due, before);
        before = one.due;
    }
    EXPECT_GT(before, 0.95);
    EXPECT_LT(before, 1);
    EXPECT_EQ(victims.size(), 3U + 1 + 5 + 1 + 3);
    EXPECT_EQ((victims[{soak::blow_kind::kill_postgres, 0}]), 20);
    EXPECT_EQ(planned.back().due, soak::plan_blows(wanted).back().due);
}

TEST(soak_shop, sells_out_every_drop_under_each_strategy_and_under_all) {
    soak::shop offers({"queue", "cas"}, 2000);
    std::map<std::string, std::int64_t> stock;
    for (const auto& one : offers.coupons()) stock[one.id] = one.stock;
    std::map<std::string, std::map<std::string, std::int64_t>> asked;
    std::mt19937_64 random(1);
    for (int i = 0; i < 4000; ++i) {
        const auto next = offers.next(random);
        ++asked[next.coupon][next.strategy];
    }
    EXPECT_EQ(asked.size(), stock.size());
    EXPECT_EQ(asked["drop-0"], (std::map<std::string, std::int64_t>{{"queue", 30}})) << "two for three";
    EXPECT_EQ(asked["drop-1"], (std::map<std::string, std::int64_t>{{"cas", 30}}));
    EXPECT_EQ(asked["drop-2"].size(), 2U);
    EXPECT_EQ(asked["always-queue"].size(), 1U);
    EXPECT_GT(asked["always-cas"]["cas"], 1000);
}

soak::reply reply_to(int status, const std::string& body, std::uint64_t sent = 100) {
    http::client_response told;
    told.status = status;
    told.body = body;
    told.bytes_sent = sent;
    return soak::judge(std::move(told)).what;
}

TEST(soak_answers, tell_what_is_known_from_what_is_not) {
    using soak::reply;
    const auto problem = [](const char* type) { return fmt::format(R"({{"type":"/problems/{}"}})", type); };
    EXPECT_EQ(reply_to(201, R"({"data":{"id":5}})"), reply::issued);
    EXPECT_EQ(reply_to(409, problem("sold-out")), reply::sold_out);
    EXPECT_EQ(reply_to(409, problem("already-claimed")), reply::already_claimed);
    for (const char* type : {"lock-timeout", "conflict", "overloaded", "backend-unavailable"})
        EXPECT_EQ(reply_to(503, problem(type)), reply::not_done) << type;
    EXPECT_EQ(reply_to(503, problem("in-doubt")), reply::unknown);
    EXPECT_EQ(reply_to(0, ""), reply::unknown);
    EXPECT_EQ(reply_to(0, "", 0), reply::not_done) << "it was never sent";
    for (const int status : {200, 201, 401, 404, 409, 422, 500, 503})
        EXPECT_EQ(reply_to(status, problem("else")), reply::unexpected) << status;
}

}  // namespace
}  // namespace dibs::tests
