// `dibs bench --claims` as its users see it, and whether its books see a service that acknowledges too much.
#include "capacity/measure.hpp"
#include "claims_bench/stage.hpp"
#include "claims_bench/throughput.hpp"
#include "claims_bench/waiting.hpp"
#include "tests/support/run_program.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

namespace dibs::tests {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

boost::json::value json_in(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return boost::json::parse(text.str());
}

TEST(dibs_bench_claims, measures_beside_the_floor_and_writes_json) {
    sandbox::supervisor box;
    const auto file = box.folder() / "claims.json";
    const auto ran = run_program(box, DIBS_PROGRAM,
                                 {"bench", "--claims", "--only", "claims_cas,claims_sold_out", "--seconds",
                                  "1", "--repeats", "1", "--connections", "20", "--json", file});
    ASSERT_EQ(ran.status, 0) << ran.out << ran.errors;
    EXPECT_THAT(ran.out, HasSubstr("| claims_cas "));
    EXPECT_THAT(ran.out, HasSubstr("ratio ≥ 0.9"));
    const auto metrics = json_in(file).at("metrics");
    EXPECT_EQ(metrics.as_object().size(), 2U);
    for (const char* name : {"claims_cas", "claims_sold_out"}) {
        const auto& one = metrics.at(name);
        EXPECT_GT(one.at("value").to_number<double>(), 10) << name;
        EXPECT_GT(one.at("floor").to_number<double>(), 10) << name;
        EXPECT_DOUBLE_EQ(one.at("ratio").to_number<double>(),
                         one.at("value").to_number<double>() / one.at("floor").to_number<double>());
        for (const char* party : {"generator", "service"})
            EXPECT_GT(one.at("cpu_us").at(party).to_number<double>(), 0) << name << ' ' << party;
    }
    EXPECT_GT(metrics.at("claims_cas").at("cpu_us").at("postgres").to_number<double>(), 1);
    EXPECT_GT(metrics.at("claims_cas").at("p99_ms").to_number<double>(), 0);
    EXPECT_EQ(metrics.at("claims_sold_out").at("unit"), "refusals/s");
}

TEST(dibs_bench_claims, says_what_is_wrong) {
    sandbox::supervisor box;
    const std::vector<std::pair<std::vector<std::string>, const char*>> wrong{
        {{"bench", "--claims", "--only", "claims_mutex"}, "claims_mutex"},
        {{"bench", "--claims", "--seconds", "0"}, "--seconds"},
        {{"bench", "--json", "x"}, "--claims"},
        {{"claims-load", "{"}, "dibs: "}};
    for (const auto& [words, said] : wrong) {
        const auto ended = run_program(box, DIBS_PROGRAM, words);
        EXPECT_NE(ended.status, 0) << words.back();
        EXPECT_THAT(ended.errors, HasSubstr(said));
    }
}

/// A stage with few users, where the test may do something behind the service's back.
class claims_stage : public testing::Test {
   protected:
    claims_bench::stage& stage_with(std::function<void()> before_books, std::size_t users = 4000) {
        claims_bench::setting how;
        how.executable = DIBS_PROGRAM;
        how.connections = 10;
        how.length = 300ms;
        how.repeats = 1;
        how.rate = 200;
        how.users = users;
        how.before_books = std::move(before_books);
        return stage.emplace(servers, std::move(how));
    }
    /// On the service's database.
    void execute(const char* sql) {
        const auto work = [](postgres::pool& pool, const char* text) -> task<void> {
            const postgres::statement one{"", text};
            postgres::params none;
            co_await pool.execute(one, std::move(none), after(10s));
        };
        stage->run(work(stage->database(), sql));
    }
    static std::string failure_of(const std::function<void()>& work) {
        try {
            work();
        } catch (const std::runtime_error& wrong) {
            return wrong.what();
        }
        return {};
    }

    sandbox::servers servers = sandbox::servers::start({});
    std::optional<claims_bench::stage> stage;
};

TEST_F(claims_stage, is_not_believed_when_an_acknowledged_claim_has_gone) {
    auto& on = stage_with([this] {
        execute("DELETE FROM claims WHERE id = (SELECT min(id) FROM claims)");
        execute("UPDATE coupons SET issued = issued - 1");
    });
    EXPECT_THAT(failure_of([&] { claims_bench::measure_claims(on, "cas"); }), HasSubstr("lost 1"));
}

TEST_F(claims_stage, is_not_believed_when_it_issued_what_nobody_was_told_of) {
    auto& on = stage_with([this] {
        execute(
            "INSERT INTO claims (coupon_id, user_id, idempotency_key) "
            "SELECT 'claims-bench', max(id), 'unasked' FROM users");
        execute("UPDATE coupons SET issued = issued + 1");
    });
    EXPECT_THAT(failure_of([&] { claims_bench::measure_claims(on, "queue"); }), HasSubstr("unexplained 1"));

    // nor where a claim that was refused could stand for it
    execute("ALTER TABLE claims ADD CHECK (user_id % 3 <> 0) NOT VALID");
    capacity::measuring how;
    how.step = 300ms;
    how.repeats = 1;
    how.search = {.first = 100, .lowest = 100};
    capacity::strategy_capacity cas{"cas"};
    EXPECT_THAT(failure_of([&] { capacity::search_once(on, cas, how, [](double) {}); }),
                HasSubstr("unexplained 1"));
    EXPECT_THAT(failure_of([&] {
                    capacity::demand_offered(on, {"cas", "redlock"});
                }),
                HasSubstr("does not offer the strategy redlock"));
}

TEST_F(claims_stage, has_a_floor_for_each_strategy_and_knows_who_is_absent) {
    auto& on = stage_with({}, 10'000);  // `batch` issues the most
    for (const char* strategy : {"cas", "database", "queue", "fencing", "batch"}) {
        const auto found = claims_bench::measure_claims(on, strategy);
        ASSERT_EQ(found.values.size(), 1U) << strategy;
        EXPECT_GT(found.floors.at(0).value, 10) << strategy;
    }
    EXPECT_TRUE(claims_bench::measure_claims(on, "mutex").absent());
    EXPECT_TRUE(claims_bench::measure_claims(on, "redlock").absent()) << "without masters";
}

TEST_F(claims_stage, paces_what_is_to_be_paced) {
    const auto found = claims_bench::measure_paced(stage_with({}));
    ASSERT_EQ(found.values.size(), 1U);
    EXPECT_GT(found.values.front().value, 0);
}

TEST_F(claims_stage, has_room_for_ten_thousand_who_wait) {
    const auto found = claims_bench::measure_waiting(stage_with({}, 10'000));
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].values.at(0).value, 0);
    EXPECT_EQ(found[0].details.at(0), (std::pair<std::string, double>{"standing", 10'000}));
    EXPECT_GT(found[1].values.at(0).value, 1);
}

}  // namespace
}  // namespace dibs::tests
