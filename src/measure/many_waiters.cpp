#include "measure/many_waiters.hpp"

#include "core/event.hpp"
#include "core/task_group.hpp"
#include "measure/baton.hpp"
#include "measure/library.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace dibs::measure {
namespace {

constexpr std::size_t few = 10;
constexpr std::size_t many = 10'000;
constexpr std::size_t local_names = 8;
constexpr std::size_t waiters_a_name = 10;
constexpr std::size_t turns_each = 1'000;
constexpr std::chrono::minutes line_patience{2};
constexpr int most_lines = 5;

struct line {
    line_orders told;
    asio::any_io_executor executor;
    deadline begin = deadline::max();
    deadline end = deadline::max();
    line_report seen = {};
};

task<void> wait_again_and_again(user& who, line& all) {
    while (steady::now() < all.end) {
        const bool had = co_await who.acquire(line_patience);
        if (!had) co_return;
        const auto now = steady::now();
        all.seen.grants += now >= all.begin && now < all.end ? 1U : 0U;
        co_await who.release();
    }
}

task<void> wait_once(user& who, std::chrono::milliseconds for_long, line& all) {
    const bool had = co_await who.acquire(for_long);
    if (had)
        co_await who.release();
    else
        ++all.seen.timed_out;
}

task<void> serve(line& all, const user_maker& users) {
    const auto wanted = request_for(algorithm::queue, "measure:line");
    const auto holder = users(wanted);
    co_await holder->acquire(line_patience);
    std::vector<std::unique_ptr<user>> who;
    task_group waiting(all.executor);
    for (std::size_t i = 0; i < all.told.waiters; ++i) {
        who.push_back(users(wanted));
        waiting.spawn(wait_again_and_again(*who.back(), all));
    }
    // Behind all of them, and granted when all of them were served once: they stand in line.
    const auto last = users(wanted);
    task_group standing(all.executor);
    standing.spawn(wait_once(*last, line_patience, all));
    const auto released = steady::now();
    co_await holder->release();
    co_await standing.join();
    const auto round = steady::now() - released;
    for (std::size_t i = 0; i < all.told.impatient; ++i) {
        who.push_back(users(wanted));
        // Their turn would come after a round.
        const auto wait = round * 4 / 5 * (i + 1) / all.told.impatient;
        waiting.spawn(wait_once(*who.back(), std::chrono::ceil<std::chrono::milliseconds>(wait), all));
    }
    // Answered after all that was asked before: the impatient stand in line, too.
    const auto mark = users(request_for(algorithm::queue, "measure:line:mark"));
    co_await cycle(*mark);
    all.begin = steady::now();
    all.end = all.begin + std::max<steady::duration>(all.told.length, round);
    co_await waiting.join();
    all.seen.length_s = std::chrono::duration<double>(all.end - all.begin).count();
}

/// Where the line moved faster than it had before, too many were served before they gave up: it is drawn up
/// again.
line_report serve_patient_and_impatient(library& ours, const line_orders& told) {
    std::size_t timed_out = 0;
    for (int i = 0; i < most_lines; ++i) {
        const auto seen = serve_line(ours.io, ours.users, told);
        if (seen.timed_out >= told.impatient * 9 / 10) return seen;
        timed_out = seen.timed_out;
    }
    throw std::runtime_error(
        fmt::format("only {} of {} waiters were impatient enough", timed_out, told.impatient));
}

trial grants_with(library& ours, const line_orders& told) {
    return [&ours, told] {
        const auto seen = serve_patient_and_impatient(ours, told);
        return sample{static_cast<double>(seen.grants) / seen.length_s, 0};
    };
}

task<void> take_turns(user& who, std::size_t turns) {
    for (std::size_t i = 0; i < turns; ++i) {
        co_await who.acquire(line_patience);
        co_await who.release();
    }
}

task<void> take_turns(asio::any_io_executor executor, const std::vector<std::unique_ptr<user>>& users,
                      std::size_t each) {
    task_group all(executor);
    for (const auto& who : users) all.spawn(take_turns(*who, each));
    co_await all.join();
}

}  // namespace

line_report serve_line(asio::io_context& io, const user_maker& users, const line_orders& told) {
    line all{told, io.get_executor()};
    run_to_end(io, serve(all, users));
    return all.seen;
}

trial turns_of(asio::io_context& io, const std::vector<std::unique_ptr<user>>& users, const cpu_meter& meter,
               std::size_t each) {
    return [&io, &users, &meter, each] {
        return rate_of(meter, users.size() * each,
                       [&] { run_to_end(io, take_turns(io.get_executor(), users, each)); });
    };
}

figure measure_local_handoff(sandbox::servers& on, std::size_t repeats) {
    library ours(config::from_url(on.redis_url()));
    const cpu_meter meter({on.redis().pid()});
    std::vector<std::unique_ptr<user>> users;
    for (std::size_t i = 0; i < local_names * waiters_a_name; ++i)
        users.push_back(
            ours.users(request_for(algorithm::pubsub, fmt::format("measure:local:{}", i % local_names))));
    const auto batons = batons_passed(meter, {local_names, waiters_a_name, turns_each});
    return interleaved({"handoff_local", "handoffs/s"}, repeats, turns_of(ours.io, users, meter, turns_each),
                       batons);
}

line_figures measure_many_waiters(sandbox::servers& on, std::size_t repeats) {
    library ours(config::from_url(on.redis_url()));
    const auto with_few = grants_with(ours, {.waiters = few});
    const auto with_many = grants_with(ours, {.waiters = many});
    const auto with_impatient = grants_with(ours, {.waiters = many / 2, .impatient = many / 2});
    return {interleaved({"waiters_10000", "grants/s"}, repeats, with_many, with_few),
            interleaved({"waiters_10000_cancelled", "grants/s"}, repeats, with_impatient, with_few)};
}

}  // namespace dibs::measure
