// The users of `dibs load` without pauses and with one token each: how many claims a second they send, and
// the processor time of each. scripts/bench-generator runs it beside wrk.
#include "core/run.hpp"
#include "core/task_group.hpp"
#include "load/visitor.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>
#include <sys/resource.h>

#include <memory>
#include <vector>

namespace dibs::load {
namespace {

struct asked {
    std::uint16_t port = 0;
    std::size_t connections = 64;
    double seconds = 3;
};

double cpu_us() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto us = [](const timeval& part) {
        return static_cast<double>(part.tv_sec) * 1e6 + static_cast<double>(part.tv_usec);
    };
    return us(used.ru_utime) + us(used.ru_stime);
}

task<void> claim_until(visitor& person, steady::time_point end) {
    const std::string token(200, 't');
    while (steady::now() < end) co_await person.claim(token);
}

task<void> measure(const asked& what) {
    const auto executor = co_await asio::this_coro::executor;
    service_address service;
    service.host = "127.0.0.1";
    service.port = what.port;
    const visit does;
    recorder records;
    std::vector<std::unique_ptr<visitor>> people;
    for (std::size_t i = 0; i < what.connections; ++i)
        people.push_back(std::make_unique<visitor>(executor, service, does, records));
    const double cpu_before = cpu_us();
    const auto begin = steady::now();
    const auto end =
        begin + std::chrono::round<steady::duration>(std::chrono::duration<double>(what.seconds));
    task_group all(executor);
    for (const auto& person : people) all.spawn(claim_until(*person, end));
    co_await all.join();
    const double seconds = std::chrono::duration<double>(steady::now() - begin).count();
    const auto& counts = records.counts();
    const auto answered = counts.requests - records.claims().count(outcome::in_doubt);
    fmt::print("{:.0f} requests/s, {:.2f} us of processor time each, {} without an answer\n",
               static_cast<double>(answered) / seconds,
               (cpu_us() - cpu_before) / static_cast<double>(answered), counts.requests - answered);
}

}  // namespace
}  // namespace dibs::load

int main(int argc, char** argv) {
    CLI::App app{"The speed of the users of dibs load"};
    dibs::load::asked what;
    app.add_option("--port", what.port, "Of a server on 127.0.0.1 that answers claims")->required();
    app.add_option("--connections", what.connections, "One a user")->capture_default_str();
    app.add_option("--seconds", what.seconds, "For how long")->capture_default_str();
    CLI11_PARSE(app, argc, argv);
    boost::asio::io_context io{1};
    dibs::run_to_end(io, dibs::load::measure(what));
    return 0;
}
