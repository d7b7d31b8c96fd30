#include "check/locks.hpp"

#include "check/judgement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <unordered_map>
#include <utility>

namespace dibs::check {
namespace {

using history::action;
using history::event;

double ms(std::int64_t ns) { return static_cast<double>(ns) / 1e6; }

std::uint64_t token_of(const hold& one) { return *one.acquire.completion->token; }

std::uint64_t number_of(const event& write) {
    std::uint64_t number = 0;
    const auto* const end = write.value.data() + write.value.size();
    const auto read = std::from_chars(write.value.data(), end, number);
    if (read.ec != std::errc{} || read.ptr != end) malformed(write, "an accepted write without a number");
    return number;
}

}  // namespace

verdict overlapping_holds(const holds& of) {
    judgement judged("holds do not overlap");
    for (const auto& [name, all] : of) {
        const hold* longest = nullptr;
        for (const auto& one : all) {
            judged.saw_something();
            if (longest && one.begin() < longest->end())
                judged.violated([&](verdict& found) {
                    found.proof = {*longest->acquire.invoke, *longest->acquire.completion, *longest->last,
                                   *one.acquire.invoke, *one.acquire.completion};
                    found.explanation =
                        fmt::format("{} was granted to {} while {} went on with it for {:.3f} ms", name,
                                    one.acquire.completion->owner, longest->acquire.completion->owner,
                                    ms(longest->end() - one.begin()));
                });
            if (!longest || one.end() > longest->end()) longest = &one;
        }
    }
    return judged.end();
}

verdict grant_tokens_grow(const holds& of) {
    judgement judged("tokens of grants grow");
    for (const auto& [name, all] : of) {
        std::vector<const hold*> with_token;
        for (const auto& one : all)
            if (one.acquire.completion->token) with_token.push_back(&one);
        auto asked = with_token;
        std::ranges::sort(asked, {}, [](const hold* one) { return one->acquire.invoke->at_ns; });
        const hold* largest = nullptr;
        auto known = with_token.begin();  // in the order of their grants
        for (const auto* one : asked) {
            judged.saw_something();
            for (; known != with_token.end() && (*known)->begin() < one->acquire.invoke->at_ns; ++known)
                if (!largest || token_of(**known) > token_of(*largest)) largest = *known;
            if (!largest || token_of(*one) > token_of(*largest)) continue;
            judged.violated([&, name = name](verdict& found) {
                found.proof = {*largest->acquire.invoke, *largest->acquire.completion, *one->acquire.invoke,
                               *one->acquire.completion};
                found.explanation =
                    fmt::format("{} was granted with token {}, and later asked for and granted with token {}",
                                name, token_of(*largest), token_of(*one));
            });
        }
    }
    return judged.end();
}

verdict one_owner_per_token(const holds& of) {
    judgement judged("one owner per token");
    for (const auto& [name, all] : of) {
        std::unordered_map<std::uint64_t, const hold*> first;
        for (const auto& one : all) {
            if (!one.acquire.completion->token) continue;
            judged.saw_something();
            const auto [at, added] = first.emplace(token_of(one), &one);
            const auto& other = at->second->acquire;
            if (added || other.completion->owner == one.acquire.completion->owner) continue;
            judged.violated([&, name = name](verdict& found) {
                found.proof = {*other.invoke, *other.completion, *one.acquire.invoke,
                               *one.acquire.completion};
                found.explanation =
                    fmt::format("{} was granted with token {} to {} and to {}", name, token_of(one),
                                other.completion->owner, one.acquire.completion->owner);
            });
        }
    }
    return judged.end();
}

stale_writes find_stale_writes(const std::vector<operation>& operations) {
    std::map<std::string, std::vector<const operation*>> by_name;
    for (const auto& one : operations)
        if (one.invoke->action == action::write && one.invoke->token)
            by_name[one.invoke->name].push_back(&one);
    judgement judged("no stale write is accepted");
    std::size_t offered = 0;
    for (const auto& [name, writes] : by_name) {
        std::vector<const operation*> accepted;
        std::ranges::copy_if(writes, std::back_inserter(accepted),
                             [](auto* one) { return one->succeeded(); });
        std::ranges::sort(accepted, {}, [](auto* one) { return one->completion->at_ns; });
        std::uint64_t largest_known = 0;
        auto known = accepted.begin();
        for (const auto* one : writes) {
            for (; known != accepted.end() && (*known)->completion->at_ns < one->invoke->at_ns; ++known)
                largest_known = std::max(largest_known, *(*known)->invoke->token);
            offered += *one->invoke->token < largest_known ? 1 : 0;
        }
        std::ranges::sort(accepted, {}, [](auto* one) { return number_of(*one->completion); });
        const operation* largest = nullptr;
        for (const auto* one : accepted) {
            judged.saw_something();
            if (largest && *one->invoke->token < *largest->invoke->token)
                judged.violated([&, name = name](verdict& found) {
                    found.proof = {*largest->invoke, *largest->completion, *one->invoke, *one->completion};
                    found.explanation = fmt::format(
                        "the resource of {} accepted write {} with token {} after write {} with token {}",
                        name, one->completion->value, *one->invoke->token, largest->completion->value,
                        *largest->invoke->token);
                });
            else
                largest = one;
        }
    }
    return {offered, judged.end()};
}

verdict queue_order(const holds& of, std::chrono::nanoseconds tolerance) {
    judgement judged("first come, first served");
    for (const auto& [name, all] : of) {
        const hold* latest = nullptr;  // of those granted well before: who asked last
        auto before = all.begin();
        for (const auto& one : all) {
            judged.saw_something();
            for (; before->begin() + tolerance.count() < one.begin(); ++before)
                if (!latest || before->acquire.invoke->at_ns > latest->acquire.invoke->at_ns)
                    latest = &*before;
            const auto asked = one.acquire.invoke->at_ns;
            if (!latest || asked + tolerance.count() >= latest->acquire.invoke->at_ns) continue;
            judged.violated([&, name = name](verdict& found) {
                found.proof = {*one.acquire.invoke, *latest->acquire.invoke, *latest->acquire.completion,
                               *one.acquire.completion};
                found.explanation = fmt::format(
                    "{} was asked for by {} {:.3f} ms before {}, and granted to it {:.3f} ms later", name,
                    one.acquire.completion->owner, ms(latest->acquire.invoke->at_ns - asked),
                    latest->acquire.completion->owner, ms(one.begin() - latest->begin()));
            });
        }
    }
    return judged.end();
}

}  // namespace dibs::check
