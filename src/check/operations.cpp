#include "check/operations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <unordered_map>

namespace dibs::check {
namespace {

using history::action;
using history::event;
using history::phase;

struct key {
    std::uint64_t process;
    std::uint64_t number;
    bool operator==(const key&) const = default;
};

struct hash {
    std::size_t operator()(const key& of) const {
        return std::hash<std::uint64_t>()(of.process * 1'000'003 ^ of.number);
    }
};

}  // namespace

void malformed(const event& at, const char* why) {
    throw std::invalid_argument(fmt::format("the history is none: {} (process {}, operation {}, {} {} of {})",
                                            why, at.process, at.operation, to_string(at.action),
                                            to_string(at.phase), at.name));
}

std::vector<operation> operations_in(const events& all) {
    std::vector<operation> found;
    std::unordered_map<key, std::size_t, hash> index;
    index.reserve(all.size() / 2);
    for (const auto& one : all) {
        const key of{one.process, one.operation};
        if (one.action == action::found) continue;
        if (one.phase == phase::invoke) {
            if (!index.emplace(of, found.size()).second) malformed(one, "an operation was invoked twice");
            found.push_back({&one, nullptr});
            continue;
        }
        const auto invoked = index.find(of);
        if (invoked == index.end()) malformed(one, "a completion without its invoke");
        auto& whole = found[invoked->second];
        if (whole.completion) malformed(one, "an operation was completed twice");
        if (whole.invoke->action != one.action || whole.invoke->name != one.name)
            malformed(one, "a completion of something else than was invoked");
        if (one.at_ns < whole.invoke->at_ns) malformed(one, "a completion before its invoke");
        whole.completion = &one;
    }
    return found;
}

holds holds_in(const std::vector<operation>& operations) {
    holds found;
    struct place {
        const std::string* name;
        std::size_t number;
    };
    std::unordered_map<std::string, place> by_owner;
    for (const auto& one : operations) {
        if (one.invoke->action == action::acquire && one.succeeded()) {
            auto& of_name = found[one.invoke->name];
            const auto& owner = one.completion->owner;
            by_owner[one.invoke->name + '\n' + owner] = {&one.invoke->name, of_name.size()};
            of_name.push_back({one, one.completion});
        }
    }
    for (const auto& one : operations) {
        if (one.invoke->action != action::write && one.invoke->action != action::release) continue;
        const auto at = by_owner.find(one.invoke->name + '\n' + one.invoke->owner);
        if (at == by_owner.end()) continue;
        auto& of = found[*at->second.name][at->second.number];
        if (of.last->at_ns <= one.invoke->at_ns) of.last = one.invoke;
    }
    for (auto& [name, of_name] : found) std::ranges::stable_sort(of_name, {}, &hold::begin);
    return found;
}

}  // namespace dibs::check
