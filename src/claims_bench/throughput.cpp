#include "claims_bench/throughput.hpp"

#include "claims_bench/alone.hpp"
#include "claims_bench/books.hpp"
#include "claims_bench/pacing.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <functional>
#include <optional>
#include <stdexcept>
#include <utility>

namespace dibs::claims_bench {
namespace {

constexpr std::chrono::seconds start_time{10};
constexpr std::size_t more_than_can_be = 10'000'000;

using trial = std::function<sample()>;

/// Floor, value, floor, value …, after one of each that does not count.
void interleave(figure& into, std::size_t repeats, const trial& value, const trial& floor = {}) {
    for (std::size_t i = 0; i <= repeats; ++i) {
        const auto under = floor ? std::optional(floor()) : std::nullopt;
        const auto found = value();
        if (i == 0) continue;
        if (under) into.floors.push_back(*under);
        into.values.push_back(found);
    }
}

/// Gathers one detail of the repeats.
class detail {
   public:
    void add(double value) { values_.push_back(value); }
    double median() const { return percentile(values_, 0.5); }

   private:
    std::vector<double> values_;
};

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
    detail median_ms;
    detail p99_ms;
    const auto value = [&] {
        on.reset();
        const auto served = claim_and_check(on, found.name, on.orders(strategy));
        median_ms.add(served.report.p50_ms);
        p99_ms.add(served.report.p99_ms);
        return sample{rate_of(served.report), served.cpu};
    };
    lone_claimer alone(on, strategy);
    interleave(found, on.how().repeats, value, [&] { return alone.run(); });
    found.details = {{"p50_ms", median_ms.median()}, {"p99_ms", p99_ms.median()}};
    return found;
}

figure measure_paced(stage& on) {
    figure found{"claims_batch_p99", "ms"};
    if (!on.offers("batch")) return found;
    detail median_ms, max_ms, late_starts, lag_ms;
    const auto value = [&] {
        on.reset();
        auto orders = on.orders("batch");
        orders.rate = on.how().rate;
        const auto served = claim_and_check(on, found.name, orders);
        median_ms.add(served.report.p50_ms);
        max_ms.add(served.report.max_ms);
        late_starts.add(static_cast<double>(served.report.late_starts));
        lag_ms.add(served.report.lag_p99_ms);
        return sample{served.report.p99_ms, served.cpu};
    };
    interleave(found, on.how().repeats, value);
    found.details = {{"rate", on.how().rate},
                     {"p50_ms", median_ms.median()},
                     {"max_ms", max_ms.median()},
                     {"late_starts", late_starts.median()},
                     {"lag_p99_ms", lag_ms.median()}};
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
