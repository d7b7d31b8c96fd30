#include "claims_bench/throughput.hpp"

#include "claims_bench/alone.hpp"
#include "claims_bench/books.hpp"
#include "measure/interleaving.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <functional>
#include <stdexcept>
#include <utility>

namespace dibs::claims_bench {
namespace {

constexpr std::chrono::seconds start_time{10};
constexpr std::size_t more_than_can_be = 10'000'000;

using trial = std::function<sample()>;

void interleave(figure& into, std::size_t repeats, const trial& value, const trial& floor = {}) {
    auto all = measure::interleave(repeats, value, floor);
    into.details = figure::details_of(all.values);
    into.values = std::move(all.values);
    into.floors = std::move(all.floors);
    into.disturbed = all.disturbed;
}

served_load claim_and_check(stage& on, const std::string& name, const load_orders& orders) {
    auto served = on.serve(orders);
    if (on.how().before_books) on.how().before_books();
    check_books(name, served.report, read_issued(served.claims_file), on.books());
    return served;
}

double rate_of(const load_report& told) { return static_cast<double>(told.sent) / told.seconds; }

/// Two processes of the bare server on one port.
class bare_servers {
   public:
    bare_servers(stage& on, const std::string& body) {
        for (int i = 0; i < 2; ++i) {
            sandbox::program one(on.how().executable, {"constant-answer", std::to_string(port_), body});
            one.standard_output = sandbox::output::pipe();
            all_.push_back(on.servers().supervisor().start(one));
            const auto told = all_.back().read_line(sandbox::clock::now() + start_time);
            if (!told) throw std::runtime_error("the bare HTTP server did not start");
            port_ = static_cast<std::uint16_t>(std::stoul(*told));
        }
    }
    std::uint16_t port() const { return port_; }
    std::vector<pid_t> pids() const {
        std::vector<pid_t> found;
        for (const auto& one : all_) found.push_back(one.pid());
        return found;
    }

   private:
    std::uint16_t port_ = 0;
    std::vector<sandbox::process> all_;
};

sample refusals(stage& on, const load_orders& orders, const std::vector<pid_t>& services) {
    auto served = on.serve(orders, services);
    const auto& told = served.report;
    if (told.answered(orders.expected) != told.sent)
        throw std::runtime_error(
            fmt::format("claims_sold_out: answers by status: {}; {}", told.statuses, told.surprise));
    return {rate_of(told), served.cpu};
}

}  // namespace

figure measure_claims(stage& on, const std::string& strategy) {
    figure found{"claims_" + strategy, "claims/s"};
    if (!on.offers(strategy)) return found;
    const auto value = [&] {
        on.reset();
        const auto served = claim_and_check(on, found.name, on.orders(strategy));
        return sample{rate_of(served.report),
                      served.cpu,
                      {{"p50_ms", served.report.p50_ms}, {"p99_ms", served.report.p99_ms}}};
    };
    lone_claimer alone(on, strategy);
    interleave(found, on.how().repeats, value, [&] { return alone.run(); });
    return found;
}

figure measure_paced(stage& on) {
    figure found{"claims_batch_p99", "ms"};
    if (!on.offers("batch")) return found;
    const auto value = [&] {
        on.reset();
        auto orders = on.orders("batch");
        orders.rate = on.how().rate;
        const auto served = claim_and_check(on, found.name, orders);
        const auto& told = served.report;
        return sample{told.p99_ms,
                      served.cpu,
                      {{"rate", on.how().rate},
                       {"p50_ms", told.p50_ms},
                       {"max_ms", told.max_ms},
                       {"late_starts", static_cast<double>(told.late_starts)},
                       {"lag_p99_ms", told.lag_p99_ms}}};
    };
    interleave(found, on.how().repeats, value);
    return found;
}

figure measure_sold_out(stage& on) {
    figure found{"claims_sold_out", "refusals/s"};
    on.reset(0);
    const bare_servers bare(on, on.claim_once("queue").body);
    auto orders = on.orders("queue");
    orders.expected = 409;
    orders.requests = more_than_can_be;
    orders.claims_file.clear();
    auto to_bare = orders;
    to_bare.port = bare.port();
    const auto services = on.all_parties().services;
    interleave(
        found, on.how().repeats, [&] { return refusals(on, orders, services); },
        [&] { return refusals(on, to_bare, bare.pids()); });
    return found;
}

}  // namespace dibs::claims_bench
