#include "check_stories.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace dibs::check {
namespace {

using history::action;
using history::event;
using history::phase;

/// Appends the events of one operation.
class scribe {
   public:
    scribe(events& to, event about) : to_(to), about_(std::move(about)) {}

    scribe& put(std::int64_t at, phase how, std::string value = {}) {
        about_.at_ns = at;
        about_.phase = how;
        about_.value = std::move(value);
        to_.push_back(about_);
        return *this;
    }
    scribe& granted(const lock_story::visit& to) {
        about_.owner = to.owner;
        about_.token = to.token;
        return *this;
    }

   private:
    events& to_;
    event about_;
};

void append_visit(events& to, const std::string& name, const lock_story::visit& told,
                  std::uint64_t& operation) {
    const auto about = [&](action what) {
        return scribe(to, {.process = told.process, .operation = operation++, .action = what, .name = name});
    };
    about(action::acquire).put(told.asked, phase::invoke).granted(told).put(told.granted, phase::ok);
    for (const auto& one : told.writes) {
        auto note = about(action::write);
        note.granted(told).put(one.at, phase::invoke);
        note.put(one.at + 1, one.how, one.how == phase::ok ? std::to_string(one.number) : "cut");
    }
    if (told.released)
        about(action::release)
            .granted(told)
            .put(*told.released, phase::invoke)
            .put(*told.released + 1, phase::ok);
}

struct arrival {
    std::size_t attempt;
    std::int64_t at;  ///< when the service decides on it
};

/// As the service would: one after the other.
void decide(coupon_story& told, std::vector<arrival> arrivals) {
    std::ranges::sort(arrivals, {}, &arrival::at);
    std::map<std::string, coupon_story::piece> of_user;
    for (const auto& one : arrivals) {
        auto& attempt = told.attempts[one.attempt];
        auto at = of_user.find(attempt.user);
        if (at == of_user.end() && std::ssize(of_user) < told.stock) {
            at = of_user.emplace(attempt.user, coupon_story::piece{attempt.user, attempt.key, 0}).first;
            at->second.id = std::ssize(of_user);
            told.pieces.push_back(at->second);
        }
        if (!attempt.how || *attempt.how == phase::info) continue;
        attempt.how = at == of_user.end() ? phase::fail : phase::ok;
        attempt.value = at == of_user.end() ? "sold out" : told.value_of(at->second);
    }
}

}  // namespace

void append_events(events& to, const lock_story& told, std::uint64_t& operation) {
    for (const auto& one : told.visits) append_visit(to, told.name, one, operation);
    for (const auto& one : told.misses) {
        scribe note(to, {.operation = operation++, .action = action::acquire, .name = told.name});
        note.put(one.asked, phase::invoke);
        if (one.how) note.put(one.asked + 50, *one.how, "no luck");
    }
}

lock_story any_lock(dice& random, std::string name, std::size_t visits) {
    lock_story told{std::move(name), {}, {}};
    std::int64_t free = 0;
    std::int64_t asked = 0;
    std::uint64_t token = 0;
    std::uint64_t writes = 0;
    for (std::size_t i = 0; i < visits; ++i) {
        token += static_cast<std::uint64_t>(random.any(1, 3));
        asked += random.any(1, 40);
        lock_story::visit one{i % 7, "owner" + std::to_string(i), token, asked, 0, {}, {}};
        one.granted = std::max(asked, free) + random.any(1, 5);
        free = one.granted;
        for (auto left = random.any(0, 2); left != 0; --left) {
            free += random.any(2, 10);
            const auto how = random.once_in(5) ? phase::info : phase::ok;
            one.writes.push_back({free, how, how == phase::ok ? ++writes : 0});
        }
        free += random.any(2, 10);
        if (!random.once_in(6)) one.released = free;
        if (random.once_in(5)) {
            constexpr phase fates[] = {phase::fail, phase::info};
            told.misses.push_back({asked, random.once_in(3) ? std::nullopt : std::optional(fates[i % 2])});
        }
        told.visits.push_back(std::move(one));
    }
    return told;
}

void append_events(events& to, const coupon_story& told, std::uint64_t& operation) {
    for (const auto& one : told.attempts) {
        scribe note(
            to, {.operation = operation++, .action = action::claim, .name = told.coupon, .owner = one.user});
        note.put(one.begin, phase::invoke, one.key);
        if (one.how) note.put(one.end, *one.how, one.value);
    }
    const auto reading = operation++;
    auto at = told.surveyed;
    scribe(to, {.operation = reading, .action = action::found, .name = told.coupon}).put(at, phase::invoke);
    for (const auto& one : told.pieces)
        scribe(to, {.operation = reading, .action = action::found, .name = told.coupon, .owner = one.user})
            .put(++at, phase::ok, told.value_of(one));
    scribe(to, {.operation = reading, .action = action::found, .name = told.coupon}).put(++at, phase::ok);
}

coupon_story any_coupon(dice& random, std::string coupon, std::size_t users) {
    coupon_story told;
    told.coupon = std::move(coupon);
    told.stock = random.any(1, static_cast<std::int64_t>(users));
    std::vector<arrival> arrivals;
    const auto crowd = static_cast<std::int64_t>(users) * 20;
    for (std::size_t i = 0; i < users; ++i) {
        auto at = random.any(1, crowd);
        // Repeated with the same key until there is an answer.
        for (bool answered = false; !answered;) {
            coupon_story::attempt one{
                "u" + std::to_string(i), told.coupon + std::to_string(i), at, at, phase::ok, {}};
            one.end += random.any(2, 60);
            answered = !random.once_in(3);
            if (!answered) one.how = random.once_in(4) ? std::nullopt : std::optional(phase::info);
            if (!answered) one.value = "cut";
            // What was never answered may be decided later than its client gave up, or not at all.
            const auto decided =
                answered ? random.any(one.begin + 1, one.end - 1) : one.begin + random.any(1, 120);
            if (answered || !random.once_in(2)) arrivals.push_back({told.attempts.size(), decided});
            at = one.end + random.any(1, 10);
            told.attempts.push_back(std::move(one));
            if (!answered && random.once_in(4)) break;  // gives up
        }
    }
    for (const auto& one : arrivals) told.surveyed = std::max(told.surveyed, one.at + 200);
    for (const auto& one : told.attempts) told.surveyed = std::max(told.surveyed, one.end + 200);
    decide(told, std::move(arrivals));
    return told;
}

void sort(events& all) { std::ranges::stable_sort(all, {}, &event::at_ns); }

}  // namespace dibs::check
