#include "coupon/claims/metrics.hpp"

#include <dibs/prometheus.hpp>

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <string>
#include <utility>

namespace dibs::coupon {
namespace {

using prometheus::Counter;
using prometheus::Histogram;

constexpr std::array all_verdicts{verdict::issued,       verdict::repeated,    verdict::already_claimed,
                                  verdict::sold_out,     verdict::wrong_code,  verdict::no_such_coupon,
                                  verdict::not_yet_open, verdict::closed,      verdict::paused,
                                  verdict::key_reused,   verdict::in_progress, verdict::lock_busy,
                                  verdict::conflicting,  verdict::no_such_user};

const char* label_of(verdict what) {
    switch (what) {
        case verdict::issued: return "issued";
        case verdict::repeated: return "repeated";
        case verdict::already_claimed: return "already_claimed";
        case verdict::sold_out: return "sold_out";
        case verdict::wrong_code: return "wrong_code";
        case verdict::no_such_coupon: return "no_such_coupon";
        case verdict::not_yet_open: return "not_yet_open";
        case verdict::closed: return "closed";
        case verdict::paused: return "paused";
        case verdict::key_reused: return "key_reused";
        case verdict::in_progress: return "in_progress";
        case verdict::lock_busy: return "lock_busy";
        case verdict::conflicting: return "conflicting";
        case verdict::no_such_user: return "no_such_user";
    }
    return "unknown";
}

std::size_t place(auto value) { return static_cast<std::size_t>(value); }

/// The series of one strategy.
struct claim_series {
    std::array<Counter*, all_verdicts.size()> by_verdict{};
    Counter* failed = nullptr;
    Counter* in_doubt = nullptr;
    Counter* turned_away = nullptr;
    Counter* conflicts = nullptr;
    Histogram* taken = nullptr;
};

Histogram::BucketBoundaries claim_seconds() {
    return {0.0005, 0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20};
}
Histogram::BucketBoundaries batch_sizes() { return {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000}; }

class claims_in_prometheus final : public claim_observer {
   public:
    explicit claims_in_prometheus(const std::shared_ptr<prometheus::Registry>& registry)
        : registry_(registry), locks_(prometheus_observer(registry)) {
        auto& claims = counter("dibs_claims_total", "Claims, by what came of them");
        auto& conflicts =
            counter("dibs_claim_conflicts_total", "Writes overtaken although the lock was held");
        auto& taken = histogram("dibs_claim_seconds", "From a claim to its outcome");
        for (const auto kind : all_strategies) {
            auto& of = by_strategy_[place(kind)];
            const std::string name(to_string(kind));
            const auto with = [&](const char* outcome) {
                return &claims.Add({{"strategy", name}, {"outcome", outcome}});
            };
            for (const auto what : all_verdicts) of.by_verdict[place(what)] = with(label_of(what));
            of.failed = with("failed");
            of.in_doubt = with("in_doubt");
            of.turned_away = with("turned_away");
            of.conflicts = &conflicts.Add({{"strategy", name}});
            of.taken = &taken.Add({{"strategy", name}}, claim_seconds());
        }
        tokens_ =
            &counter("dibs_fencing_tokens_refused_total", "Writes whose fencing token was too old").Add({});
        batches_ =
            &histogram("dibs_batch_claims", "Claims in one transaction of batch").Add({}, batch_sizes());
    }

    void answered(strategy how, verdict what, std::chrono::nanoseconds taken) override {
        const auto& of = by_strategy_[place(how)];
        of.by_verdict[place(what)]->Increment();
        note(of, taken);
    }
    void failed(strategy how, fault why, std::chrono::nanoseconds taken) override {
        const auto& of = by_strategy_[place(how)];
        const bool in_doubt = why == fault::in_doubt || why == fault::timeout;
        (in_doubt ? of.in_doubt : of.failed)->Increment();
        note(of, taken);
    }
    void turned_away(strategy how) override { by_strategy_[place(how)].turned_away->Increment(); }
    void conflict(strategy how) override { by_strategy_[place(how)].conflicts->Increment(); }
    void token_refused() override { tokens_->Increment(); }
    void batch(std::size_t claims) override { batches_->Observe(static_cast<double>(claims)); }

    void acquired(const acquisition& what) override { locks_->acquired(what); }
    void held(const hold_end& what) override { locks_->held(what); }
    void lost(const lock_name& name, algorithm kind) override { locks_->lost(name, kind); }
    void renewed(const lock_name& name, algorithm kind, std::chrono::nanoseconds lag) override {
        locks_->renewed(name, kind, lag);
    }

   private:
    static void note(const claim_series& of, std::chrono::nanoseconds taken) {
        of.taken->Observe(std::chrono::duration<double>(taken).count());
    }
    prometheus::Family<Histogram>& histogram(const char* name, const char* help) {
        return prometheus::BuildHistogram().Name(name).Help(help).Register(*registry_);
    }
    prometheus::Family<Counter>& counter(const char* name, const char* help) {
        return prometheus::BuildCounter().Name(name).Help(help).Register(*registry_);
    }

    std::shared_ptr<prometheus::Registry> registry_;
    std::shared_ptr<observer> locks_;
    std::array<claim_series, all_strategies.size()> by_strategy_;
    Counter* tokens_ = nullptr;
    Histogram* batches_ = nullptr;
};

}  // namespace

std::shared_ptr<claim_observer> claim_metrics(const std::shared_ptr<prometheus::Registry>& registry) {
    return std::make_shared<claims_in_prometheus>(registry);
}

}  // namespace dibs::coupon
