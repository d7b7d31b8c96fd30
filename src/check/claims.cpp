#include "check/claims.hpp"

#include "check/judgement.hpp"

#include <fmt/format.h>

#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace dibs::check {
namespace {

using history::action;
using history::event;

/// Of an ok or found.
struct piece {
    std::string_view key;
    std::string_view id;
};

piece piece_of(const event& had) {
    const std::string_view value = had.value;
    const auto space = value.rfind(' ');
    return {value.substr(0, space), value.substr(space + 1)};
}

/// Parts that cannot run into each other.
template <class... Parts>
std::string together(const Parts&... parts) {
    std::string whole;
    ((whole += std::to_string(parts.size()) + ':', whole += parts), ...);
    return whole;
}

/// A claim that was acknowledged or found, and the events that show it.
struct result {
    const event* begin;  ///< of the try or of the survey
    const event* had;
};

events proof_of(const std::vector<result>& shown) {
    events proof;
    std::unordered_set<const event*> there;
    for (const auto& one : shown) {
        if (there.insert(one.begin).second) proof.push_back(*one.begin);
        proof.push_back(*one.had);
    }
    return proof;
}

std::vector<result> found_in(const claim_records& of) {
    std::vector<result> all;
    for (const auto& one : of.surveys)
        for (const auto* row : one.rows) all.push_back({one.invoke, row});
    return all;
}

std::vector<result> acknowledged_in(const claim_records& of) {
    std::vector<result> all;
    for (const auto& one : of.tries)
        if (one.succeeded()) all.push_back({one.invoke, one.completion});
    return all;
}

std::string_view how(const result& one) {
    return one.had->action == action::found ? "found" : "acknowledged";
}

/// All results that `group` puts together have one id.
template <class Group>
verdict one_result_each(const char* check, const claim_records& of, Group group) {
    judgement judged(check);
    std::unordered_map<std::string, result> first;
    auto all = acknowledged_in(of);
    const auto found = found_in(of);
    all.insert(all.end(), found.begin(), found.end());
    for (const auto& one : all) {
        judged.saw_something();
        const auto [at, added] = first.emplace(group(*one.had), one);
        const auto& other = at->second;
        if (piece_of(*one.had).id == piece_of(*other.had).id && one.had->name == other.had->name) continue;
        judged.violated([&](verdict& told) {
            told.proof = proof_of({other, one});
            told.explanation = fmt::format(
                "of {} user {} has claim {} (key {}, {}), and of {} claim {} (key {}, {})", other.had->name,
                other.had->owner, piece_of(*other.had).id, piece_of(*other.had).key, how(other),
                one.had->name, piece_of(*one.had).id, piece_of(*one.had).key, how(one));
        });
    }
    return judged.end();
}

/// Each piece once, by coupon.
std::unordered_map<std::string_view, std::vector<result>> by_coupon(const std::vector<result>& all) {
    std::unordered_map<std::string_view, std::vector<result>> distinct;
    std::unordered_set<std::string> seen;
    for (const auto& one : all)
        if (seen.insert(together(one.had->name, one.had->owner, piece_of(*one.had).id)).second)
            distinct[one.had->name].push_back(one);
    return distinct;
}

/// Of each user, coupon and key: the earliest try that may have won.
using beginnings = std::unordered_map<std::string, const event*>;

beginnings beginnings_in(const claim_records& of) {
    beginnings first;
    for (const auto& one : of.tries)
        if (!one.failed())
            first.emplace(together(one.invoke->name, one.invoke->owner, one.invoke->value), one.invoke);
    return first;
}

const event* beginning_of(const event& had, const beginnings& all) {
    const auto at = all.find(together(had.name, had.owner, piece_of(had).key));
    return at == all.end() ? nullptr : at->second;
}

}  // namespace

verdict lost_claims(const claim_records& of) {
    judgement judged("no acknowledged claim is lost");
    std::unordered_map<std::string_view, std::vector<result>> by_name;
    for (const auto& one : acknowledged_in(of)) by_name[one.had->name].push_back(one);
    for (const auto& reading : of.surveys) {
        if (!reading.end) continue;
        std::unordered_set<std::string> there;
        for (const auto* row : reading.rows) there.insert(together(row->owner, piece_of(*row).id));
        for (const auto& one : by_name[reading.invoke->name]) {
            const auto& ok = *one.had;
            if (ok.at_ns >= reading.invoke->at_ns) continue;
            judged.saw_something();
            if (!there.insert(together(ok.owner, piece_of(ok).id)).second) continue;
            judged.violated([&](verdict& told) {
                told.proof = {*one.begin, ok, *reading.invoke, *reading.end};
                told.explanation =
                    fmt::format("claim {} of {} (key {}) was acknowledged to user {}, and is not there",
                                piece_of(ok).id, ok.name, piece_of(ok).key, ok.owner);
            });
        }
    }
    return judged.end();
}

verdict phantom_claims(const claim_records& of) {
    judgement judged("no claim without a cause");
    const auto causes = beginnings_in(of);
    for (const auto& one : found_in(of)) {
        judged.saw_something();
        const auto* cause = beginning_of(*one.had, causes);
        if (cause && cause->at_ns <= one.had->at_ns) continue;
        judged.violated([&](verdict& told) {
            told.proof = proof_of({one});
            told.explanation = fmt::format(
                "claim {} of {} is there for user {} and key {}, who never asked for it, or was told "
                "each time that it failed",
                piece_of(*one.had).id, one.had->name, one.had->owner, piece_of(*one.had).key);
        });
    }
    return judged.end();
}

verdict stock_kept(const claim_records& of, const std::map<std::string, std::int64_t>& stocks) {
    judgement judged("no more than the stock");
    auto found = by_coupon(found_in(of));
    auto acknowledged = by_coupon(acknowledged_in(of));
    for (const auto& one : of.surveys) found[one.invoke->name];
    for (const auto& [coupon, stock] : stocks) {
        for (const auto* all : {&found, &acknowledged}) {
            const auto at = all->find(coupon);
            if (at == all->end()) continue;
            judged.saw_something();
            const auto& had = at->second;
            for (auto i = static_cast<std::size_t>(stock); i < had.size(); ++i)
                judged.violated([&, &coupon = coupon, &stock = stock](verdict& told) {
                    told.proof = proof_of({had.begin(), had.begin() + stock + 1});
                    told.explanation = fmt::format("of {} there were {}, and {} claims were {}", coupon,
                                                   stock, had.size(), how(had.front()));
                });
        }
    }
    return judged.end();
}

verdict one_per_user(const claim_records& of) {
    return one_result_each("one per user", of,
                           [](const event& had) { return together(had.name, had.owner); });
}

verdict one_result_per_key(const claim_records& of) {
    return one_result_each("one result per key", of,
                           [](const event& had) { return together(had.owner, piece_of(had).key); });
}

verdict sold_out_is_final(const claim_records& of) {
    judgement judged("sold out is final");
    struct winner {
        const event* began;
        result won;
    };
    std::unordered_map<std::string_view, winner> last;
    const auto began = beginnings_in(of);
    for (const auto& results : {acknowledged_in(of), found_in(of)})
        for (const auto& one : results) {
            const auto* begin = beginning_of(*one.had, began);
            if (!begin) continue;
            const auto [at, added] = last.emplace(one.had->name, winner{begin, one});
            if (at->second.began->at_ns < begin->at_ns) at->second = {begin, one};
        }
    for (const auto& one : of.tries) {
        if (!one.failed() || one.completion->value != "sold out") continue;
        judged.saw_something();
        const auto at = last.find(one.invoke->name);
        if (at == last.end() || one.completion->at_ns >= at->second.began->at_ns) continue;
        judged.violated([&](verdict& told) {
            const auto& [begin, won] = at->second;
            told.proof = proof_of({won});
            if (won.had->action == action::found) told.proof.push_back(*begin);
            told.proof.insert(told.proof.end(), {*one.invoke, *one.completion});
            told.explanation = fmt::format(
                "user {} was told that {} was sold out {:.3f} ms before user {} asked for it, and got claim "
                "{}",
                one.invoke->owner, one.invoke->name,
                static_cast<double>(begin->at_ns - one.completion->at_ns) / 1e6, won.had->owner,
                piece_of(*won.had).id);
        });
    }
    return judged.end();
}

std::vector<verdict> check_claims(const events& all, const std::map<std::string, std::int64_t>& stocks) {
    const auto of = claims_in(all);
    return {lost_claims(of),  phantom_claims(of),     stock_kept(of, stocks),
            one_per_user(of), one_result_per_key(of), sold_out_is_final(of)};
}

}  // namespace dibs::check
