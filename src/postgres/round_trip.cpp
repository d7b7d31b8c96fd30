#include "postgres/round_trip.hpp"

#include <cassert>

namespace dibs::postgres {
namespace {

constexpr std::string_view idle_in_transaction_timeout = "25P03";
constexpr std::string_view idle_session_timeout = "57P05";

}  // namespace

verdict judge(std::string_view severity, std::string_view sqlstate) {
    if (severity != "FATAL" && severity != "PANIC") return verdict::refused;
    // Only a session that has nothing to do ends for these: what we sent came too late.
    if (sqlstate == idle_in_transaction_timeout || sqlstate == idle_session_timeout)
        return verdict::refused_and_ended;
    return verdict::lost;
}

round_trip::round_trip(const std::vector<query>& together, prepared_names& known) : known_(known) {
    prepared_names planned;
    for (const auto& asked : together) {
        const std::string_view name = asked.what->name;
        if (!name.empty() && !known_.contains(name) && planned.emplace(name).second)
            steps_.push_back({step::kind::prepare, &asked});
        steps_.push_back({step::kind::execute, &asked});
    }
}

const step* round_trip::awaited() const { return answered_ < steps_.size() ? &steps_[answered_] : nullptr; }

void round_trip::answered(answer how) {
    assert(answered_ < steps_.size() && "more answers than questions");
    const auto& of = steps_[answered_++];
    if (of.what == step::kind::prepare && how == answer::done) known_.emplace(of.of->what->name);
}

}  // namespace dibs::postgres
