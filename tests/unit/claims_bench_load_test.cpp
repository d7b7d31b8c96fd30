#include "claims_bench/answer.hpp"
#include "claims_bench/books.hpp"
#include "claims_bench/load_orders.hpp"
#include "claims_bench/pacing.hpp"
#include "claims_bench/request_text.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <numeric>

namespace dibs::claims_bench {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr std::string_view issued =
    "HTTP/1.1 201 Created\r\nDate: now\r\nContent-Type: application/json\r\nContent-Length: 23\r\n\r\n"
    R"({"data":{"id":4711, 1}})";

TEST(answer, is_whole_or_not_there) {
    for (std::size_t size = 0; size < issued.size(); ++size)
        EXPECT_FALSE(read_answer(issued.substr(0, size))) << size;
    const std::string received = std::string(issued) + "HTTP/1.1 4";
    const auto whole = read_answer(received);
    ASSERT_TRUE(whole);
    EXPECT_EQ(whole->status, 201);
    EXPECT_EQ(whole->size, issued.size());
    EXPECT_EQ(whole->body, R"({"data":{"id":4711, 1}})");
    EXPECT_EQ(claim_id_in(whole->body), 4711);
}

TEST(answer, needs_a_status_and_a_length) {
    EXPECT_THROW(read_answer("HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n"),
                 std::runtime_error);
    EXPECT_THROW(read_answer("HTTP/1.1 OK\r\nContent-Length: 0\r\n\r\n"), std::runtime_error);
    EXPECT_THROW(read_answer("SSH-2.0\r\nContent-Length: 0\r\n\r\n"), std::runtime_error);
    EXPECT_FALSE(claim_id_in(R"({"title":"Sold out"})"));
    EXPECT_FALSE(claim_id_in(R"({"id":)"));
}

TEST(schedule, does_not_wait_for_those_before) {
    const deadline begin{5s};
    const schedule plan(begin, 10'000);
    EXPECT_EQ(plan.intended(0), begin);
    EXPECT_EQ(plan.intended(1), begin + 100us);
    EXPECT_EQ(plan.intended(10'000), begin + 1s);
    EXPECT_EQ(plan.intended(36'000'000), begin + 1h) << "no error adds up";
}

TEST(percentile, is_of_the_nearest_rank) {
    std::vector<double> hundred(100);
    std::iota(hundred.rbegin(), hundred.rend(), 1);
    EXPECT_EQ(percentile(hundred, 0.99), 99);
    EXPECT_EQ(percentile(hundred, 0.5), 50);
    EXPECT_EQ(percentile(hundred, 1), 100);
    EXPECT_EQ(percentile(hundred, 0), 1);
    EXPECT_EQ(percentile({7}, 0.99), 7);
    EXPECT_EQ(percentile({}, 0.99), 0);
}

TEST(load_orders, survive_their_way) {
    load_orders told{3000, "c", "CODE", "cas", "k", "/u", "/c", 200, 1000, 1500ms, 0.5, 409, true};
    const auto heard = load_orders_from(to_json(told));
    EXPECT_EQ(to_json(heard), to_json(told));
    EXPECT_EQ(heard.length, 1500ms);
    EXPECT_EQ(heard.rate, 0.5);
    EXPECT_THROW(load_orders_from("{}"), std::exception);
}

TEST(load_report, survives_its_way) {
    const load_report told{3, {{0, 1}, {201, 2}}, 1, "why", 1.5, 20, 6, 1, 2, 3, 4, 5, 7, 8};
    const auto heard = load_report_from(to_json(told));
    EXPECT_EQ(to_json(heard), to_json(told));
    EXPECT_EQ(heard.answered(201), 2U);
    EXPECT_EQ(heard.answered(409), 0U);
    EXPECT_EQ(heard.in_doubt, 1U);
}

class request_texts_test : public testing::Test {
   protected:
    request_texts_test() { std::ofstream(file) << "first\nsecond\n"; }

   public:
    ~request_texts_test() override { std::filesystem::remove(file); }

   protected:
    load_orders orders() const {
        load_orders made;
        made.port = 3000;
        made.coupon = "spring";
        made.code = "CODE";
        made.strategy = "queue";
        made.keys = "load-1";
        made.users_file = file;
        return made;
    }
    const std::string file = testing::TempDir() + "/claims_bench_users";
};

TEST_F(request_texts_test, are_claims_of_the_users_in_turn) {
    const request_texts texts(orders());
    std::string written = "left from before";
    texts.write(3, written);
    EXPECT_EQ(written,
              "POST /api/coupons/spring/claims HTTP/1.1\r\n"
              "Host: localhost:3000\r\n"
              "Content-Type: application/json\r\n"
              "X-Lock-Strategy: queue\r\n"
              "Authorization: Bearer second\r\n"
              "Content-Length: 58\r\n"
              "\r\n"
              R"({"couponCode":"CODE","idempotencyKey":"load-1-0000000003"})");
    const auto body = written.substr(written.find('{'));
    EXPECT_THAT(written, HasSubstr(fmt::format("Content-Length: {}\r\n", body.size())));
}

TEST_F(request_texts_test, need_users) {
    std::ofstream(file, std::ios::trunc).flush();
    EXPECT_THROW(request_texts{orders()}, std::runtime_error);
}

class books : public testing::Test {
   protected:
    books() {
        told.sent = 3;
        told.statuses = {{201, 3}};
        held.stock = 10;
        held.issued = 3;
        held.claims = {coupon::claim_id{1}, coupon::claim_id{2}, coupon::claim_id{3}};
    }
    std::string complaint() const {
        try {
            check_books("claims_cas", told, acknowledged, held);
            return {};
        } catch (const std::runtime_error& wrong) {
            return wrong.what();
        }
    }
    load_report told;
    std::vector<issued_claim> acknowledged{{2, 0}, {1, 1}, {3, 2}};
    coupon::ledger held;
};

TEST_F(books, that_are_exact_say_nothing) { EXPECT_EQ(complaint(), ""); }

TEST_F(books, show_a_claim_that_was_lost) {
    held.claims.pop_back();
    held.issued = 2;
    EXPECT_THAT(complaint(), HasSubstr("lost 1"));
}

TEST_F(books, show_a_claim_that_nobody_was_told_of) {
    held.claims.push_back(coupon::claim_id{4});
    held.issued = 4;
    EXPECT_THAT(complaint(), HasSubstr("unexplained 1"));
}

TEST_F(books, show_a_counter_that_is_off) {
    held.issued = 4;
    EXPECT_THAT(complaint(), HasSubstr("miscounted 1"));
}

TEST_F(books, show_a_claim_told_to_two) {
    acknowledged.back().id = 1;
    EXPECT_THAT(complaint(), HasSubstr("twice 1"));
}

TEST_F(books, show_what_was_not_acknowledged) {
    told.statuses = {{201, 2}, {503, 1}};
    told.surprise = "overloaded";
    acknowledged.pop_back();
    EXPECT_THAT(complaint(), HasSubstr("of 3 claims, 2 were acknowledged"));
    EXPECT_THAT(complaint(), HasSubstr("503: 1"));
    EXPECT_THAT(complaint(), HasSubstr("overloaded"));
}

TEST_F(books, show_an_answer_without_a_claim) {
    acknowledged.pop_back();
    EXPECT_THAT(complaint(), HasSubstr("2 were acknowledged"));
}

}  // namespace
}  // namespace dibs::claims_bench
