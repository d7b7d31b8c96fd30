#include "experiment/run_outline.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

namespace dibs::experiment {

boost::json::object json_of(const run_outline& run) {
    return {
        {"round", run.round},
        {"position", run.position},
        {"success_rate", run.success_rate},
        {"p95_ms", run.p95_ms},
        {"claim_p95_ms", run.claim_p95_ms},
        {"iterations", run.iterations},
        {"claims", run.claims},
        {"issued", run.issued},
        {"issued_per_s", run.issued_per_s},
        {"duration_s", run.duration_s},
        {"acknowledged", run.acknowledged},
        {"oversold", run.oversold},
        {"duplicates", run.duplicates},
        {"lost", run.lost},
        {"unexplained", run.unexplained},
        {"miscounted", run.miscounted},
        {"conflicts", run.conflicts},
        {"sell_out",
         {{"issued", run.sell_out.issued}, {"refused", run.sell_out.refused}, {"other", run.sell_out.other}}},
        {"correct", run.correct},
        {"thresholds_met", run.thresholds_met}};
}

run_outline run_outline_from(std::string strategy, const boost::json::value& json) {
    const auto count = [](const boost::json::value& of, const char* what) {
        return of.at(what).to_number<std::int64_t>();
    };
    const auto value = [&](const char* what) { return json.at(what).to_number<double>(); };
    run_outline read;
    read.strategy = std::move(strategy);
    read.round = static_cast<int>(count(json, "round"));
    read.position = static_cast<int>(count(json, "position"));
    read.success_rate = value("success_rate");
    read.p95_ms = value("p95_ms");
    read.claim_p95_ms = value("claim_p95_ms");
    read.iterations = count(json, "iterations");
    read.claims = count(json, "claims");
    read.issued = count(json, "issued");
    read.issued_per_s = value("issued_per_s");
    read.duration_s = value("duration_s");
    read.acknowledged = count(json, "acknowledged");
    read.oversold = count(json, "oversold");
    read.duplicates = count(json, "duplicates");
    read.lost = count(json, "lost");
    read.unexplained = count(json, "unexplained");
    if (json.as_object().contains("miscounted")) read.miscounted = count(json, "miscounted");
    read.conflicts = count(json, "conflicts");
    const auto& burst = json.at("sell_out");
    read.sell_out = {count(burst, "issued"), count(burst, "refused"), count(burst, "other")};
    read.correct = json.at("correct").as_bool();
    read.thresholds_met = json.at("thresholds_met").as_bool();
    return read;
}

std::string describe_books(const std::vector<run_outline>& runs) {
    std::int64_t told = 0;
    std::int64_t conflicts = 0;
    std::vector<std::string> wrong;
    for (const auto& run : runs) {
        told += run.acknowledged + run.sell_out.issued;
        conflicts += run.conflicts;
        if (!run.correct) wrong.push_back(fmt::format("round {} of {}", run.round, run.strategy));
    }
    if (!wrong.empty())
        return fmt::format(
            "What clients were told is NOT what the database holds, or a sell-out went wrong: {}.",
            fmt::join(wrong, ", "));
    return fmt::format(
        "The database holds exactly the {} claims that clients were told: none oversold, twice or lost, and "
        "every sell-out issued its stock. Writes that met another holder: {}.",
        told, conflicts);
}

}  // namespace dibs::experiment
