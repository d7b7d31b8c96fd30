// Each check on a history that keeps its promise, on the smallest that breaks it, and on what lies between.
#include "check/locks.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <random>

namespace dibs::check {
namespace {

using history::action;
using history::event;
using history::phase;
using testing::HasSubstr;

/// Writes histories as a recorder would; times are ns.
class script {
   public:
    explicit script(std::string name = "a") : name_(std::move(name)) {}

    struct grant {
        std::uint64_t process;
        std::string owner;
        std::optional<std::uint64_t> token = {};
    };

    void granted(std::int64_t asked, std::int64_t at, const grant& to) {
        const auto operation = ++operation_;
        put(asked, to.process, operation, action::acquire, phase::invoke);
        auto& ok = put(at, to.process, operation, action::acquire, phase::ok);
        ok.owner = to.owner;
        ok.token = to.token;
    }
    void busy(std::int64_t asked, std::int64_t at, std::uint64_t process) {
        const auto operation = ++operation_;
        put(asked, process, operation, action::acquire, phase::invoke);
        put(at, process, operation, action::acquire, phase::fail);
    }
    void wrote(std::int64_t at, const grant& by, phase how, std::string value = {}) {
        const auto operation = ++operation_;
        about(put(at, by.process, operation, action::write, phase::invoke), by);
        auto& end = put(at + 1, by.process, operation, action::write, how);
        about(end, by);
        end.value = std::move(value);
    }
    void released(std::int64_t at, const grant& by) {
        const auto operation = ++operation_;
        about(put(at, by.process, operation, action::release, phase::invoke), by);
        about(put(at + 1, by.process, operation, action::release, phase::ok), by);
    }

    const events& all() {
        std::ranges::stable_sort(events_, {}, &event::at_ns);
        return events_;
    }

   private:
    event& put(std::int64_t at, std::uint64_t process, std::uint64_t operation, action what, phase how) {
        return events_.emplace_back(event{.at_ns = at,
                                          .process = process,
                                          .operation = operation,
                                          .action = what,
                                          .phase = how,
                                          .name = name_});
    }
    static void about(event& what, const grant& by) {
        what.owner = by.owner;
        what.token = by.token;
    }

    std::string name_;
    std::uint64_t operation_ = 0;
    events events_;
};

const script::grant one{1, "one", 10};
const script::grant two{2, "two", 20};

class check_locks : public testing::Test {
   protected:
    holds held() {
        operations_ = operations_in(told.all());
        return holds_in(operations_);
    }
    verdict overlaps() { return overlapping_holds(held()); }
    stale_writes stale() { return find_stale_writes(operations_in(told.all())); }

    script told;

   private:
    std::vector<operation> operations_;
};

TEST_F(check_locks, judges_nothing_where_nothing_was_granted) {
    told.busy(0, 5, 1);
    EXPECT_EQ(overlaps().found, verdict::result::unknown);
    EXPECT_EQ(one_owner_per_token(held()).found, verdict::result::unknown);
    EXPECT_EQ(stale().accepted.found, verdict::result::unknown);
}

TEST_F(check_locks, holds_that_touch_do_not_overlap) {
    told.granted(0, 10, one);
    told.released(20, one);
    told.granted(5, 20, two);
    EXPECT_EQ(overlaps().found, verdict::result::holds);
}

TEST_F(check_locks, a_grant_before_the_release_of_another_overlaps) {
    told.granted(0, 10, one);
    told.released(21, one);
    told.granted(5, 20, two);
    const auto found = overlaps();
    EXPECT_EQ(found.violations, 1U);
    ASSERT_EQ(found.proof.size(), 5U);
    EXPECT_EQ(found.proof[3].owner, "two");
    EXPECT_EQ(found.proof[4].action, action::release);
    EXPECT_THAT(found.explanation, HasSubstr("two while one"));
}

TEST_F(check_locks, who_is_killed_holds_until_its_last_write_and_no_longer) {
    told.granted(0, 10, one);
    told.wrote(15, one, phase::info);
    told.granted(5, 16, two);
    EXPECT_EQ(overlaps().found, verdict::result::holds);
}

TEST_F(check_locks, a_write_after_anothers_grant_is_an_overlap_though_it_is_refused) {
    told.granted(0, 10, one);
    told.granted(5, 16, two);
    told.wrote(30, one, phase::fail);
    EXPECT_EQ(overlaps().violations, 1U);
}

TEST_F(check_locks, a_write_after_ones_own_release_makes_the_hold_longer) {
    told.granted(0, 10, one);
    told.released(12, one);
    told.wrote(30, one, phase::ok, "1");
    told.granted(5, 16, two);
    EXPECT_EQ(overlaps().violations, 1U);
}

TEST_F(check_locks, other_names_do_not_matter) {
    told.granted(0, 10, one);
    told.released(21, one);
    auto all = told.all();
    script other("b");
    other.granted(5, 20, {3, "three"});
    all.insert(all.end(), other.all().begin(), other.all().end());
    const auto operations = operations_in(all);
    EXPECT_EQ(overlapping_holds(holds_in(operations)).found, verdict::result::holds);
}

TEST_F(check_locks, tokens_of_grants_that_were_asked_for_together_may_come_in_any_order) {
    told.granted(0, 30, one);
    told.granted(5, 20, two);
    EXPECT_EQ(grant_tokens_grow(held()).found, verdict::result::holds);
}

TEST_F(check_locks, a_later_grant_has_a_larger_token) {
    told.granted(0, 10, two);
    told.granted(11, 20, one);
    const auto found = grant_tokens_grow(held());
    EXPECT_EQ(found.violations, 1U);
    EXPECT_THAT(found.explanation, HasSubstr("with token 10"));
}

TEST_F(check_locks, a_repeated_token_is_no_larger_one) {
    told.granted(0, 10, one);
    told.granted(11, 20, {2, "two", 10});
    EXPECT_EQ(grant_tokens_grow(held()).violations, 1U);
    EXPECT_EQ(one_owner_per_token(held()).violations, 1U);
}

TEST_F(check_locks, one_owner_may_repeat_its_token) {
    told.granted(0, 10, one);
    told.granted(5, 20, one);
    EXPECT_EQ(one_owner_per_token(held()).found, verdict::result::holds);
}

TEST_F(check_locks, a_stale_write_is_counted_as_offered_and_where_it_is_accepted) {
    told.wrote(10, two, phase::ok, "1");
    told.wrote(20, one, phase::fail, "refused");
    EXPECT_EQ(stale().offered, 1U);
    EXPECT_EQ(stale().accepted.found, verdict::result::holds);
    told.wrote(30, one, phase::ok, "2");
    EXPECT_EQ(stale().offered, 2U);
    EXPECT_EQ(stale().accepted.violations, 1U);
}

TEST_F(check_locks, the_resources_numbers_decide_which_write_was_first) {
    told.wrote(10, two, phase::ok, "2");
    told.wrote(20, one, phase::ok, "1");
    EXPECT_EQ(stale().accepted.found, verdict::result::holds);
}

TEST_F(check_locks, an_unknown_write_is_neither_stale_nor_newer) {
    told.wrote(10, two, phase::info);
    told.wrote(20, one, phase::ok, "1");
    EXPECT_EQ(stale().offered, 0U);
    EXPECT_EQ(stale().accepted.found, verdict::result::holds);
}

TEST_F(check_locks, who_came_first_is_served_first_but_for_the_tolerance) {
    told.granted(0, 130, one);
    told.granted(50, 60, two);
    EXPECT_EQ(queue_order(held(), std::chrono::nanoseconds(40)).violations, 1U);
    EXPECT_EQ(queue_order(held(), std::chrono::nanoseconds(50)).found, verdict::result::holds);
}

TEST_F(check_locks, refuses_an_accepted_write_without_a_number) {
    told.wrote(10, one, phase::ok, "many");
    told.wrote(20, one, phase::ok, "2");
    EXPECT_THROW(stale(), std::invalid_argument);
}

TEST_F(check_locks, refuses_what_no_recorder_wrote) {
    const auto refused = [](const events& wrong, const char* why) {
        try {
            operations_in(wrong);
            ADD_FAILURE() << why;
        } catch (const std::invalid_argument& error) {
            EXPECT_THAT(error.what(), HasSubstr(why));
        }
    };
    const event asked{.at_ns = 5, .process = 1, .operation = 1, .name = "a"};
    auto done = asked;
    done.phase = phase::ok;
    auto other = done;
    other.name = "b";
    auto early = done;
    early.at_ns = 1;
    refused({done}, "without its invoke");
    refused({asked, asked}, "invoked twice");
    refused({asked, done, done}, "completed twice");
    refused({asked, other}, "something else");
    refused({asked, early}, "before its invoke");
}

/// The checks again, by comparing each pair.
std::size_t pairs_out_of_order(const holds& of) {
    std::size_t found = 0;
    for (const auto& [name, all] : of)
        for (const auto& later : all) {
            const bool broken = std::ranges::any_of(all, [&](const hold& earlier) {
                return earlier.begin() < later.acquire.invoke->at_ns &&
                       *earlier.acquire.completion->token >= *later.acquire.completion->token;
            });
            found += broken ? 1 : 0;
        }
    return found;
}

std::size_t holds_that_overlap_an_earlier(const holds& of) {
    std::size_t found = 0;
    for (const auto& [name, all] : of)
        for (std::size_t i = 0; i < all.size(); ++i) {
            const bool overlaps =
                std::any_of(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(i),
                            [&](const hold& earlier) { return all[i].begin() < earlier.end(); });
            found += overlaps ? 1 : 0;
        }
    return found;
}

TEST(check_locks_at_random, sweeps_find_what_comparing_all_pairs_finds) {
    const auto seed = std::random_device()();
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    const auto any = [&](std::int64_t to) {
        return std::uniform_int_distribution<std::int64_t>(0, to)(random);
    };
    std::size_t seen = 0;
    for (int round = 0; round < 500; ++round) {
        script told;
        for (std::uint64_t i = 0; i < 6; ++i) {
            const script::grant who{i, std::to_string(i), static_cast<std::uint64_t>(any(5))};
            const auto asked = any(30);
            const auto granted = asked + any(30);
            told.granted(asked, granted, who);
            told.released(granted + any(10), who);
        }
        const auto operations = operations_in(told.all());
        const auto held = holds_in(operations);
        ASSERT_EQ(overlapping_holds(held).violations, holds_that_overlap_an_earlier(held));
        ASSERT_EQ(grant_tokens_grow(held).violations, pairs_out_of_order(held));
        seen += pairs_out_of_order(held);
    }
    EXPECT_GT(seen, 100U);
}

}  // namespace
}  // namespace dibs::check
