// How long it takes to read a history and to check all of it: an ordinary one, and ones that are made to be
// slow.
#include "check/history_check.hpp"
#include "check_stories.hpp"
#include "history/reader.hpp"
#include "sandbox/supervisor.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <chrono>
#include <fstream>

namespace dibs::check {
namespace {

using history::phase;
using steady = std::chrono::steady_clock;

double seconds_since(steady::time_point start) {
    return std::chrono::duration<double>(steady::now() - start).count();
}

struct scene {
    const char* name;
    events all;
    promises made;
};

/// Half of it locks, on 20 names; half claims of 20 coupons. Each grant has an owner of its own.
scene ordinary(std::size_t size, dice& random) {
    scene made{"ordinary", {}, {}};
    made.made.queue_tolerance = std::chrono::nanoseconds(0);
    std::uint64_t operation = 0;
    for (int i = 0; made.all.size() < size / 2; ++i)
        append_events(made.all, any_lock(random, fmt::format("lock:{}", i), size / 40 / 6), operation);
    for (int i = 0; made.all.size() < size; ++i) {
        const auto told = any_coupon(random, fmt::format("coupon:{}", i), size / 40 / 4);
        append_events(made.all, told, operation);
        made.made.stocks[told.coupon] = told.stock;
    }
    return made;
}

/// All grants of one lock while all others go on, with tokens that fall.
scene one_hot_name(std::size_t size, dice&) {
    scene made{"one hot name, all overlap", {}, {}};
    made.made.queue_tolerance = std::chrono::nanoseconds(0);
    lock_story told{"lock", {}, {}};
    const auto visits = static_cast<std::int64_t>(size / 6);
    for (std::int64_t i = 0; i < visits; ++i) {
        const auto number = static_cast<std::uint64_t>(visits - i);
        const auto last = 10 * visits + 2 * i;
        told.visits.push_back({0,
                               fmt::format("owner{}", i),
                               number,
                               3 * i,
                               3 * i + 1,
                               {{last, phase::ok, static_cast<std::uint64_t>(i + 1)}},
                               last + 1});
    }
    std::uint64_t operation = 0;
    append_events(made.all, told, operation);
    return made;
}

/// One coupon that was issued to everybody although there was none, each being told that it was sold out.
scene oversold(std::size_t size, dice&) {
    scene made{"one coupon, all of it wrong", {}, {{{"coupon", static_cast<std::int64_t>(size / 10)}}, {}}};
    coupon_story told;
    told.coupon = "coupon";
    const auto users = static_cast<std::int64_t>(size / 5);
    for (std::int64_t i = 0; i < users; ++i) {
        const auto user = fmt::format("user{}", i);
        told.attempts.push_back({user, "key", 10 * i, 10 * i + 1, phase::fail, "sold out"});
        told.attempts.push_back({user, "key", 10 * i + 2, 10 * i + 3, phase::ok, fmt::format("key {}", i)});
        told.pieces.push_back({user, "key", i + users});
    }
    told.surveyed = 10 * users;
    std::uint64_t operation = 0;
    append_events(made.all, told, operation);
    return made;
}

/// A coupon, and a reading, for each claim.
scene many_coupons(std::size_t size, dice&) {
    scene made{"a coupon for each claim", {}, {}};
    std::uint64_t operation = 0;
    for (std::int64_t i = 0; made.all.size() < size; ++i) {
        coupon_story told;
        told.coupon = fmt::format("coupon:{}", i);
        told.attempts.push_back(
            {"user", fmt::format("key{}", i), 10 * i, 10 * i + 1, phase::ok, fmt::format("key{} {}", i, i)});
        told.pieces.push_back({"user", fmt::format("key{}", i), i});
        told.surveyed = 10 * i + 2;
        append_events(made.all, told, operation);
        made.made.stocks[told.coupon] = 1;
    }
    return made;
}

void measure(scene one, const std::filesystem::path& file) {
    sort(one.all);
    {
        std::ofstream to(file);
        for (const auto& event : one.all) to << to_line(event);
    }
    one.all = {};
    const auto start = steady::now();
    auto read = history::read(file);
    const auto reading = seconds_since(start);
    checked_history seen{file, read.events.size(), 1, read.torn, check_all(read.events, one.made)};
    const auto checking = seconds_since(start) - reading;
    const auto text = report_text(seen);
    std::size_t violated = 0;
    for (const auto& judged : seen.verdicts) violated += judged.found == verdict::result::violated ? 1 : 0;
    fmt::print("{:<28} {:>9} events: read {:5.2f} s, checked {:5.2f} s, told {:5.2f} s; {} of {} violated\n",
               one.name, seen.events, reading, checking, seconds_since(start) - reading - checking, violated,
               seen.verdicts.size());
}

}  // namespace
}  // namespace dibs::check

int main(int argc, char** argv) {
    std::size_t size = 1'000'000;
    std::uint64_t seed = 1;
    CLI::App app{"Times the checker"};
    app.add_option("--events", size)->capture_default_str();
    app.add_option("--seed", seed)->capture_default_str();
    CLI11_PARSE(app, argc, argv);
    namespace check = dibs::check;
    const dibs::sandbox::supervisor box;
    for (const auto make : {check::ordinary, check::one_hot_name, check::oversold, check::many_coupons}) {
        check::dice random(seed);
        check::measure(make(size, random), box.folder() / "one.history");
    }
}
