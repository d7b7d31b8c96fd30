#include "postgres/connect_guard.hpp"
#include "postgres/target.hpp"
#include "postgres/words.hpp"

#include <dibs/error.hpp>

#include <gmock/gmock.h>

#include <stdexcept>

namespace dibs::postgres {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

std::string described(const std::string& conninfo) { return target{.conninfo = conninfo}.describe(); }

TEST(postgres_target, describes_where_it_is_without_the_password) {
    EXPECT_EQ(described("postgresql://me:secret@db.example:5433/shop"), "postgresql db.example 5433 shop");
    EXPECT_EQ(described("host=/run/postgresql dbname=shop password=secret"),
              "postgresql /run/postgresql shop");
    EXPECT_EQ(described("postgresql://me@/shop?host=%2Frun%2Fpostgresql"), "postgresql /run/postgresql shop");
    EXPECT_EQ(described(""), "postgresql");
}

std::string listed(const std::string& conninfo) {
    std::string all;
    for (const auto& [name, address, port] : target{.conninfo = conninfo}.hosts())
        all += name + "/" + address + "/" + port + " ";
    return all;
}

TEST(postgres_target, lists_its_hosts_as_libpq_counts_them) {
    EXPECT_EQ(listed("postgresql://a,b:5433/shop"), "a// b//5433 ");
    EXPECT_EQ(listed("postgresql://a,b/shop"), "a// b// ");
    EXPECT_EQ(listed("host=a,b port=5433"), "a//5433 b//5433 ");
    EXPECT_EQ(listed("host=a,[::1] hostaddr=,::1 port=1,2"), "a//1 [::1]/::1/2 ");
    EXPECT_EQ(listed("hostaddr=10.0.0.1,10.0.0.2 port=1"), "/10.0.0.1/1 /10.0.0.2/1 ");
    EXPECT_EQ(listed("host=a,b port=1,2,3"), "");
    EXPECT_EQ(listed("host=a hostaddr=10.0.0.1,10.0.0.2"), "");
    EXPECT_EQ(listed("service=elsewhere"), "");
}

TEST(postgres_target, names_are_what_only_a_resolver_knows) {
    EXPECT_TRUE((host{"db.example", "", ""}.is_name()));
    for (const auto& known :
         {host{"db.example", "10.0.0.1", ""}, host{"10.0.0.1", "", ""}, host{"::1", "", ""},
          host{"/run/postgresql", "", ""}, host{"@abstract", "", ""}, host{}})
        EXPECT_FALSE(known.is_name()) << known.name;
}

TEST(postgres_target, a_conninfo_that_cannot_be_read_is_bad_input_and_shows_no_password) {
    for (const auto* wrong : {"postgresql://me:s%zecret@host/db", "password=s%zecret nonsense",
                              "redis://me:s%zecret@host", "host='s%zecret"}) {
        try {
            described(wrong);
            ADD_FAILURE() << wrong << " was read";
        } catch (const error& refused) {
            EXPECT_EQ(refused.kind(), fault::bad_input);
            EXPECT_THAT(refused.what(), AllOf(HasSubstr("postgresql://"), Not(HasSubstr("zecret"))));
        }
    }
}

TEST(postgres_target, the_options_of_the_conninfo_come_after_ours_and_drop_none) {
    const target where{.conninfo = "postgresql:///shop?options=-csearch_path%3Dmine",
                       .settings = {{"synchronous_commit", "on"}, {"search_path", "a b\\c"}}};
    EXPECT_THAT(where.session_options(),
                AllOf(HasSubstr("-c synchronous_commit=on "), HasSubstr("-c search_path=a\\ b\\\\c "),
                      EndsWith("-csearch_path=mine")));
}

TEST(postgres_words, makes_one_line_of_several) {
    EXPECT_EQ(on_one_line("one\n\ttwo\nthree\n"), "one two three");
    EXPECT_EQ(on_one_line("\n"), "");
}

class postgres_connect_guard : public testing::Test {
   protected:
    static std::exception_ptr trouble() { return std::make_exception_ptr(std::runtime_error("refused")); }
    connect_guard guard{100ms};
    steady::time_point start = steady::time_point() + 1h;
};

TEST_F(postgres_connect_guard, lets_all_try_while_the_server_answers) {
    EXPECT_TRUE(guard.admit(start));
    EXPECT_TRUE(guard.admit(start));
    guard.succeeded();
    EXPECT_TRUE(guard.admit(start));
}

TEST_F(postgres_connect_guard, pauses_after_a_failure_and_then_lets_one_try) {
    EXPECT_TRUE(guard.admit(start));
    guard.failed(trouble(), start);
    EXPECT_FALSE(guard.admit(start + 99ms));
    EXPECT_NE(guard.last_failure(), nullptr);
    EXPECT_TRUE(guard.admit(start + 100ms));
    EXPECT_FALSE(guard.admit(start + 100ms)) << "one is trying";
    EXPECT_FALSE(guard.admit(start + 1h)) << "and has not ended";
    guard.failed(trouble(), start + 1h);
    EXPECT_FALSE(guard.admit(start + 1h));
    EXPECT_TRUE(guard.admit(start + 1h + 100ms));
    guard.succeeded();
    EXPECT_TRUE(guard.admit(start + 1h + 100ms));
    EXPECT_TRUE(guard.admit(start + 1h + 100ms));
    EXPECT_EQ(guard.last_failure(), nullptr);
}

TEST_F(postgres_connect_guard, an_attempt_that_was_given_up_makes_room_for_the_next) {
    guard.failed(trouble(), start);
    EXPECT_TRUE(guard.admit(start + 1s));
    guard.gave_up();
    EXPECT_TRUE(guard.admit(start + 1s));
}

}  // namespace
}  // namespace dibs::postgres
