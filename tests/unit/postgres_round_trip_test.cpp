#include "postgres/round_trip.hpp"

#include <gmock/gmock.h>

namespace dibs::postgres {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr statement insert{"insert", "INSERT …"};
constexpr statement select{"select", "SELECT …"};
constexpr statement unnamed{"", "SELECT 1"};

std::vector<query> queries(std::initializer_list<const statement*> asked) {
    std::vector<query> all;
    for (const auto* one : asked) all.emplace_back(*one, params());
    return all;
}

std::vector<std::string> planned(const round_trip& trip) {
    std::vector<std::string> words;
    for (const auto& step : trip.steps())
        words.push_back(std::string(step.what == step::kind::prepare ? "prepare " : "execute ") +
                        step.of->what->name);
    return words;
}

void answer_all(round_trip& trip, round_trip::answer how) {
    while (trip.awaited()) trip.answered(how);
}

TEST(postgres_round_trip, prepares_each_name_once_right_before_its_first_use) {
    prepared_names known;
    const auto together = queries({&insert, &select, &insert, &unnamed});
    round_trip trip(together, known);
    EXPECT_THAT(planned(trip), ElementsAre("prepare insert", "execute insert", "prepare select",
                                           "execute select", "execute insert", "execute "));
    EXPECT_THAT(known, IsEmpty()) << "before the server has said so";
    answer_all(trip, round_trip::answer::done);
    EXPECT_THAT(known, ElementsAre("insert", "select"));
    EXPECT_THAT(planned(round_trip(together, known)),
                ElementsAre("execute insert", "execute select", "execute insert", "execute "));
}

TEST(postgres_round_trip, remembers_no_preparation_that_was_refused_or_skipped) {
    prepared_names known;
    const auto together = queries({&insert, &select});
    round_trip trip(together, known);
    trip.answered(round_trip::answer::done);     // prepare insert
    trip.answered(round_trip::answer::refused);  // execute insert
    answer_all(trip, round_trip::answer::skipped);
    EXPECT_THAT(known, ElementsAre("insert"));
    round_trip again(together, known);
    EXPECT_THAT(planned(again), ElementsAre("execute insert", "prepare select", "execute select"));
    again.answered(round_trip::answer::done);
    again.answered(round_trip::answer::refused);  // prepare select
    EXPECT_THAT(known, ElementsAre("insert"));
}

TEST(postgres_round_trip, awaits_answers_in_the_order_of_the_steps) {
    prepared_names known{"insert"};
    const auto together = queries({&insert, &select});
    round_trip trip(together, known);
    for (const auto& step : trip.steps()) {
        EXPECT_EQ(trip.awaited(), &step);
        trip.answered(round_trip::answer::done);
    }
    EXPECT_EQ(trip.awaited(), nullptr);
}

TEST(postgres_judge, an_error_leaves_the_session_whatever_it_says) {
    EXPECT_EQ(judge("ERROR", "23505"), verdict::refused);
    EXPECT_EQ(judge("ERROR", "57014"), verdict::refused);
}

TEST(postgres_judge, a_session_that_ended_under_a_statement_may_have_done_it) {
    EXPECT_EQ(judge("FATAL", "57P01"), verdict::lost);
    EXPECT_EQ(judge("PANIC", "XX000"), verdict::lost);
}

TEST(postgres_judge, a_session_that_ended_for_idleness_did_not_see_the_statement) {
    EXPECT_EQ(judge("FATAL", "25P03"), verdict::refused_and_ended);
    EXPECT_EQ(judge("FATAL", "57P05"), verdict::refused_and_ended);
}

}  // namespace
}  // namespace dibs::postgres
