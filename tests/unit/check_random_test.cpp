// Histories made at random keep every promise; with one thing in them falsified they break the one that is
// named, and the proof of it is as small as can be.
#include "check/claims.hpp"
#include "check/locks.hpp"
#include "check_proofs.hpp"
#include "check_stories.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace dibs::check {
namespace {

using history::phase;
using std::chrono::nanoseconds;

judge over_holds(verdict (*check)(const holds&)) {
    return [check](const events& all) {
        const auto operations = operations_in(all);
        return check(holds_in(operations));
    };
}
judge over_claims(verdict (*check)(const claim_records&)) {
    return [check](const events& all) { return check(claims_in(all)); };
}

const judge overlap = over_holds(overlapping_holds);
const judge tokens = over_holds(grant_tokens_grow);
const judge owners = over_holds(one_owner_per_token);
const judge order = over_holds([](const holds& of) { return queue_order(of, nanoseconds(0)); });
const judge stale = [](const events& all) { return find_stale_writes(operations_in(all)).accepted; };
const judge lost = over_claims(lost_claims);
const judge phantom = over_claims(phantom_claims);
const judge per_user = over_claims(one_per_user);
const judge per_key = over_claims(one_result_per_key);
const judge sold_out = over_claims(sold_out_is_final);

/// Falsifies one thing; false where the story has no place for it.
template <class Story>
using lie = bool (*)(Story&, dice&);

using visit = lock_story::visit;

/// Two visits, the first before the second, that `fit(first, second)`.
template <class Fit>
std::optional<std::pair<visit*, visit*>> two_visits(lock_story& told, dice& random, Fit fit) {
    std::vector<std::pair<visit*, visit*>> found;
    for (std::size_t i = 0; i < told.visits.size(); ++i)
        for (std::size_t j = i + 1; j < told.visits.size(); ++j)
            if (fit(told.visits[i], told.visits[j])) found.emplace_back(&told.visits[i], &told.visits[j]);
    if (found.empty()) return std::nullopt;
    return random.one_of(found);
}

bool release_late(lock_story& told, dice& random) {
    const auto two = two_visits(told, random, [](auto& first, auto&) { return first.released.has_value(); });
    if (two) two->first->released = two->second->granted + random.any(1, 5);
    return two.has_value();
}

bool write_late(lock_story& told, dice& random) {
    const auto two = two_visits(told, random, [](auto&, auto&) { return true; });
    if (two) two->first->writes.push_back({two->second->granted + random.any(1, 5), phase::fail, 0});
    return two.has_value();
}

bool swap_tokens(lock_story& told, dice& random) {
    const auto two =
        two_visits(told, random, [](auto& first, auto& second) { return first.granted < second.asked; });
    if (two) std::swap(two->first->token, two->second->token);
    return two.has_value();
}

bool repeat_token(lock_story& told, dice& random) {
    const auto two = two_visits(told, random, [](auto&, auto&) { return true; });
    if (two) two->second->token = two->first->token;
    return two.has_value();
}

bool overtake(lock_story& told, dice& random) {
    const auto two =
        two_visits(told, random, [](auto& first, auto& second) { return second.asked < first.granted; });
    if (two) std::swap(two->first->asked, two->second->asked);
    return two.has_value();
}

lock_story::write* accepted_in(visit& of) {
    const auto at = std::ranges::find(of.writes, phase::ok, &lock_story::write::how);
    return at == of.writes.end() ? nullptr : &*at;
}

bool accept_late(lock_story& told, dice& random) {
    const auto two = two_visits(
        told, random, [](auto& first, auto& second) { return accepted_in(first) && accepted_in(second); });
    if (two) std::swap(accepted_in(*two->first)->number, accepted_in(*two->second)->number);
    return two.has_value();
}

using attempt = coupon_story::attempt;

template <class Fit>
attempt* any_attempt(coupon_story& told, dice& random, Fit fit) {
    std::vector<attempt*> found;
    for (auto& one : told.attempts)
        if (fit(one)) found.push_back(&one);
    return found.empty() ? nullptr : random.one_of(found);
}

bool is_issued(const attempt& one) { return one.how == phase::ok; }

bool lose_a_claim(coupon_story& told, dice& random) {
    const auto* of = any_attempt(told, random, is_issued);
    if (of) std::erase_if(told.pieces, [&](const auto& one) { return one.user == of->user; });
    return of;
}

bool find_what_nobody_asked_for(coupon_story& told, dice&) {
    told.pieces.push_back({"stranger", "key", 1000});
    return true;
}

/// A recorder that takes the unknown for failed.
bool call_unknown_failed(coupon_story& told, dice&) {
    bool found = false;
    for (auto& one : told.attempts)
        if (!one.how || *one.how == phase::info) one.how = phase::fail;
    for (const auto& piece : told.pieces)
        found = found || std::ranges::none_of(told.attempts, [&](const attempt& one) {
                    return one.user == piece.user && one.how == phase::ok;
                });
    return found;
}

/// As unseen, so that only the stock is wrong.
bool oversell(coupon_story& told, dice&) {
    if (std::ssize(told.pieces) < told.stock) return false;
    told.attempts.push_back({"late", "key", 0, told.surveyed - 1, phase::info, "cut"});
    told.pieces.push_back({"late", "key", 1000});
    return true;
}

bool oversell_by_word(coupon_story& told, dice&) {
    for (auto i = std::ranges::count_if(told.attempts, is_issued); i <= told.stock; ++i)
        told.attempts.push_back({"late" + std::to_string(i), "key", 0, told.surveyed + 1, phase::ok,
                                 "key " + std::to_string(1000 + i)});
    return true;
}

bool issue_twice(coupon_story& told, dice& random) {
    if (told.pieces.empty()) return false;
    const auto first = random.one_of(told.pieces);
    told.pieces.push_back({first.user, "another", 1000});
    return true;
}

bool answer_twice(coupon_story& told, dice& random) {
    auto* const of = any_attempt(told, random, is_issued);
    if (of) of->value = of->key + " 1000";
    return of;
}

bool turn_away_early(coupon_story& told, dice& random) {
    auto* const of = any_attempt(told, random, [](const attempt& one) { return one.how == phase::fail; });
    if (!of) return false;
    of->begin = -10;
    of->end = -5;
    return true;
}

template <class Story, class Make>
void expect_found(const judge& check, lie<Story> falsify, Make make) {
    const auto seed = std::random_device()();
    SCOPED_TRACE(seed);
    dice random(seed);
    int falsified = 0;
    for (int round = 0; round < 300 && !testing::Test::HasFailure(); ++round) {
        auto told = make(random);
        auto all = events_of(told);
        sort(all);
        ASSERT_NE(check(all).found, verdict::result::violated) << check(all).explanation;
        if (!falsify(told, random)) continue;
        ++falsified;
        all = events_of(told);
        sort(all);
        expect_minimal(check(all), check);
    }
    EXPECT_GT(falsified, 50);
}

void expect_found(const judge& check, lie<lock_story> falsify) {
    expect_found<lock_story>(check, falsify, [](dice& random) { return any_lock(random, "a", 12); });
}
void expect_found(const judge& check, lie<coupon_story> falsify) {
    expect_found<coupon_story>(check, falsify, [](dice& random) { return any_coupon(random, "c", 12); });
}
/// Of the stock that each story has.
void expect_oversold(lie<coupon_story> falsify) {
    std::int64_t stock = 0;
    const judge check = [&](const events& all) { return stock_kept(claims_in(all), {{"c", stock}}); };
    expect_found<coupon_story>(check, falsify, [&](dice& random) {
        auto told = any_coupon(random, "c", 12);
        stock = told.stock;
        return told;
    });
}

TEST(check_random, holds_overlap_when_a_release_comes_late) { expect_found(overlap, release_late); }
TEST(check_random, holds_overlap_when_a_write_comes_late) { expect_found(overlap, write_late); }
TEST(check_random, tokens_do_not_grow_when_two_are_swapped) { expect_found(tokens, swap_tokens); }
TEST(check_random, a_token_has_two_owners_when_it_is_repeated) { expect_found(owners, repeat_token); }
TEST(check_random, the_queue_is_out_of_order_when_one_overtakes) { expect_found(order, overtake); }
TEST(check_random, a_stale_write_is_accepted_when_two_are_swapped) { expect_found(stale, accept_late); }
TEST(check_random, a_claim_is_lost_when_its_row_is_not_there) { expect_found(lost, lose_a_claim); }
TEST(check_random, a_claim_is_a_phantom_when_nobody_asked) {
    expect_found(phantom, find_what_nobody_asked_for);
}
TEST(check_random, a_claim_is_a_phantom_when_unknown_is_called_failed) {
    expect_found(phantom, call_unknown_failed);
}
TEST(check_random, the_stock_is_oversold_when_one_more_is_found) { expect_oversold(oversell); }
TEST(check_random, the_stock_is_oversold_when_one_more_is_acknowledged) { expect_oversold(oversell_by_word); }
TEST(check_random, a_user_has_two_when_another_is_found) { expect_found(per_user, issue_twice); }
TEST(check_random, a_key_has_two_results_when_an_answer_differs) { expect_found(per_key, answer_twice); }
TEST(check_random, sold_out_was_not_final_when_a_later_one_won) { expect_found(sold_out, turn_away_early); }

/// What the checks must see rightly is there: unknown outcomes that were issued, and ones that were not.
TEST(check_random, unknown_outcomes_are_of_both_kinds) {
    dice random(1);
    int issued = 0;
    int nothing = 0;
    for (int round = 0; round < 50; ++round) {
        const auto told = any_coupon(random, "c", 12);
        for (const auto& one : told.attempts) {
            const auto same = [&](const auto& other) { return other.user == one.user; };
            if (std::ranges::count_if(told.attempts, same) != 1 || one.how == phase::ok ||
                one.how == phase::fail)
                continue;
            ++(std::ranges::any_of(told.pieces, same) ? issued : nothing);
        }
        auto all = events_of(told);
        sort(all);
        for (const auto& found : check_claims(all, {{"c", told.stock}}))
            EXPECT_EQ(found.violations, 0U) << found.explanation;
    }
    EXPECT_GT(issued, 10);
    EXPECT_GT(nothing, 10);
}

}  // namespace
}  // namespace dibs::check
