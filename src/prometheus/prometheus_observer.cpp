#include <dibs/prometheus.hpp>

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <cstddef>
#include <string>
#include <utility>

namespace dibs {
namespace {

using prometheus::Counter;
using prometheus::Histogram;
using prometheus::Registry;

constexpr std::array outcomes{"granted", "busy", "cancelled", "failed"};
constexpr std::array ends{"released", "expired", "not_owner", "failed"};
constexpr std::array sources{"none", "local", "remote"};

Histogram::BucketBoundaries seconds() {
    return {1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1, 3, 10, 30, 100};
}
Histogram::BucketBoundaries tries() { return {1, 2, 3, 5, 10, 20, 50, 100, 1000}; }

double seconds_of(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

std::size_t index(auto value) { return static_cast<std::size_t>(value); }

/// The series of one algorithm, looked up once.
struct series {
    std::array<Histogram*, outcomes.size()> waits{};
    std::array<Counter*, ends.size()> releases{};
    std::array<Counter*, sources.size()> handoffs{};
    Histogram* hold = nullptr;
    Histogram* tried = nullptr;
    Histogram* lag = nullptr;
    Counter* lost = nullptr;
};

class prometheus_metrics final : public observer {
   public:
    explicit prometheus_metrics(std::shared_ptr<Registry> registry) : registry_(std::move(registry)) {
        auto& waits = histogram("dibs_lock_wait_seconds", "From asking for a lock to the end of the wait");
        auto& holds = histogram("dibs_lock_hold_seconds", "From a grant to its release");
        auto& tried = histogram("dibs_lock_tries", "Requests that a grant took");
        auto& lags = histogram("dibs_lock_renewal_lag_seconds", "From when a renewal was due to its answer");
        auto& handoffs = counter("dibs_lock_handoffs_total", "Grants, by whom the lock was had from");
        auto& releases =
            counter("dibs_lock_releases_total", "Leases that were given back, by what came of it");
        auto& lost =
            counter("dibs_lock_leases_lost_total", "Leases whose holders were told that they are lost");
        for (const auto kind : all_algorithms) {
            auto& of = by_algorithm_[index(kind)];
            const std::string name(to_string(kind));
            for (std::size_t i = 0; i < outcomes.size(); ++i)
                of.waits[i] = &waits.Add({{"algorithm", name}, {"outcome", outcomes[i]}}, seconds());
            for (std::size_t i = 0; i < ends.size(); ++i)
                of.releases[i] = &releases.Add({{"algorithm", name}, {"outcome", ends[i]}});
            for (std::size_t i = 0; i < sources.size(); ++i)
                of.handoffs[i] = &handoffs.Add({{"algorithm", name}, {"from", sources[i]}});
            of.hold = &holds.Add({{"algorithm", name}}, seconds());
            of.tried = &tried.Add({{"algorithm", name}}, tries());
            of.lag = &lags.Add({{"algorithm", name}}, seconds());
            of.lost = &lost.Add({{"algorithm", name}});
        }
    }

    void acquired(const acquisition& what) override {
        const auto& of = by_algorithm_[index(what.algorithm)];
        of.waits[index(what.ended)]->Observe(seconds_of(what.wait));
        if (what.ended != acquisition::outcome::granted) return;
        of.tried->Observe(what.tries);
        of.handoffs[index(what.handoff)]->Increment();
    }
    void held(const hold_end& what) override {
        const auto& of = by_algorithm_[index(what.algorithm)];
        of.hold->Observe(seconds_of(what.held));
        of.releases[index(what.ended)]->Increment();
    }
    void lost(const lock_name& /*name*/, algorithm kind) override {
        by_algorithm_[index(kind)].lost->Increment();
    }
    void renewed(const lock_name& /*name*/, algorithm kind, std::chrono::nanoseconds lag) override {
        by_algorithm_[index(kind)].lag->Observe(seconds_of(lag));
    }

   private:
    prometheus::Family<Histogram>& histogram(const char* name, const char* help) {
        return prometheus::BuildHistogram().Name(name).Help(help).Register(*registry_);
    }
    prometheus::Family<Counter>& counter(const char* name, const char* help) {
        return prometheus::BuildCounter().Name(name).Help(help).Register(*registry_);
    }

    std::shared_ptr<Registry> registry_;
    std::array<series, all_algorithms.size()> by_algorithm_;
};

}  // namespace

std::shared_ptr<observer> prometheus_observer(std::shared_ptr<prometheus::Registry> registry) {
    return std::make_shared<prometheus_metrics>(std::move(registry));
}

}  // namespace dibs
