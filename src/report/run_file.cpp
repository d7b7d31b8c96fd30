#include "report/run_file.hpp"

#include "report/histogram_json.hpp"
#include "report/line_reader.hpp"
#include "report/strategy_names.hpp"

#include <boost/json/stream_parser.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <utility>

namespace dibs::report {
namespace {

namespace json = boost::json;

std::size_t line_at(std::string_view text, std::size_t offset) {
    const auto before = text.substr(0, offset);
    return 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
}

json::value parse(std::string_view text, const log_origin& origin) {
    json::stream_parser parser;
    json::error_code failed;
    const auto read = parser.write(text, failed);
    if (!failed) parser.finish(failed);
    if (failed)
        throw unreadable(
            origin.file, line_at(text, std::min(read, text.size())),
            fmt::format("not JSON from here on ({}): the file is truncated or damaged", failed.message()));
    return parser.release();
}

/// A number of `object` between 0 and `highest`.
double number(const json::value& object, const char* pointer, double highest, const log_origin& origin) {
    json::error_code failed;
    const auto* found = object.find_pointer(pointer, failed);
    if (found == nullptr || !found->is_number())
        throw unreadable(origin.file,
                         fmt::format("no number at {}; was the metric measured in this run?", pointer));
    const auto value = found->to_number<double>();
    if (value < 0 || value > highest)
        throw unreadable(origin.file,
                         fmt::format("{} at {} is not between 0 and {}", value, pointer, highest));
    return value;
}

constexpr double no_limit = 1e300;

std::string strategy_of(const json::value& run, const log_origin& origin) {
    json::error_code failed;
    const auto* named = run.find_pointer("/dibs/strategy", failed);
    const bool has_name = named != nullptr && named->is_string();
    if (!has_name && !origin.strategy)
        throw unreadable(origin.file, "the run names no strategy (/dibs/strategy): give --strategy NAME");
    auto given = origin.strategy ? strategy_named(*origin.strategy) : "";
    if (!has_name) return given;
    auto own = strategy_named(named->get_string());
    if (origin.strategy && own != given)
        throw unreadable(origin.file,
                         fmt::format("the run is of '{}', but --strategy says '{}'", own, given));
    return own;
}

/// Nothing where it is missing; older files have less.
std::optional<double> number_if_any(const json::value& object, const char* pointer, const log_origin& origin,
                                    double highest = no_limit) {
    json::error_code failed;
    const auto* found = object.find_pointer(pointer, failed);
    if (found == nullptr || !found->is_number()) return std::nullopt;
    return number(object, pointer, highest, origin);
}

constexpr double most_rounds = 1e6;
constexpr double most_coupons = 1e15;

int round_at(const json::value& run, const char* pointer, const log_origin& origin) {
    return static_cast<int>(number_if_any(run, pointer, origin, most_rounds).value_or(0));
}

stats::wrongs wrongs_in(const json::value& books, const log_origin& origin) {
    const auto counted = [&](const char* pointer) {
        return static_cast<std::int64_t>(number_if_any(books, pointer, origin, most_coupons).value_or(0));
    };
    return {counted("/oversold"), counted("/duplicates"), counted("/lost"), counted("/unexplained"),
            counted("/miscounted")};
}

/// Those of the load and of the sell-out together.
std::optional<stats::wrongs> wrongs_of(const json::value& run, const log_origin& origin) {
    json::error_code failed;
    const auto* load = run.find_pointer("/dibs/reconciliation", failed);
    const auto* burst = run.find_pointer("/dibs/sell_out/reconciliation", failed);
    if (load == nullptr) return std::nullopt;
    auto all = wrongs_in(*load, origin);
    if (burst != nullptr) all += wrongs_in(*burst, origin);
    return all;
}

stats::histogram latencies_at(const json::value& run, const char* pointer, const log_origin& origin) {
    json::error_code failed;
    const auto* found = run.find_pointer(pointer, failed);
    if (found == nullptr || found->is_null()) return {};
    try {
        return histogram_from(*found);
    } catch (const std::runtime_error& wrong) {
        throw unreadable(origin.file, fmt::format("{}{}", pointer, wrong.what()));
    }
}

run_details details_of(const json::value& run, const log_origin& origin) {
    run_details made;
    made.round = round_at(run, "/dibs/round", origin);
    made.claim_p95_ms = number_if_any(run, "/dibs/claim_p95_ms", origin);
    made.iterations = number_if_any(run, "/metrics/iterations/count", origin);
    const auto issued = number_if_any(run, "/dibs/outcomes/issued", origin);
    const auto length = number_if_any(run, "/dibs/duration_s", origin);
    if (issued && length && *length > 0) made.issued_per_s = *issued / *length;
    made.wrong = wrongs_of(run, origin);
    made.requests = latencies_at(run, "/dibs/latencies/request", origin);
    made.claims = latencies_at(run, "/dibs/latencies/claim", origin);
    made.issued = latencies_at(run, "/dibs/latencies/claim_issued", origin);
    return made;
}

void require_samples(std::optional<double> samples, const log_origin& origin) {
    if (samples == 0)
        throw unreadable(origin.file,
                         "coupon_issue_success_rate had no samples: this run measured nothing. Leave it out, "
                         "or run it again");
}

/// How many there were; nothing where the file does not say.
std::optional<double> claims_in(const json::value& run, const log_origin& origin) {
    const auto passes = number_if_any(run, "/metrics/coupon_issue_success_rate/passes", origin);
    const auto fails = number_if_any(run, "/metrics/coupon_issue_success_rate/fails", origin);
    return passes && fails ? std::optional(*passes + *fails) : std::nullopt;
}

single_run read_run(const json::value& run, const log_origin& origin) {
    require_samples(claims_in(run, origin), origin);
    const double share = number(run, "/metrics/coupon_issue_success_rate/value", 1, origin);
    const double milliseconds = number(run, "/metrics/http_req_duration/p(95)", no_limit, origin);
    return {strategy_of(run, origin), {share * 100, milliseconds / 1000}, details_of(run, origin)};
}

const json::value& metric_in(const json::array& metrics, std::string_view name, const log_origin& origin) {
    for (const auto& metric : metrics) {
        json::error_code failed;
        const auto* own = metric.find_pointer("/name", failed);
        if (own != nullptr && own->is_string() && own->get_string() == name) return metric;
    }
    throw unreadable(origin.file, fmt::format("no metric {}; was it measured in this run?", name));
}

/// What k6 writes with --new-machine-readable-summary.
single_run read_listed_metrics(const json::value& run, const json::array& metrics, const log_origin& origin) {
    const auto& success = metric_in(metrics, "coupon_issue_success_rate", origin);
    const auto& durations = metric_in(metrics, "http_req_duration", origin);
    require_samples(number_if_any(success, "/values/total", origin), origin);
    return {strategy_of(run, origin),
            {number(success, "/values/rate", 1, origin) * 100,
             number(durations, "/values/p95", no_limit, origin) / 1000}};
}

/// A run as a bench's summary.json lists it.
single_run read_listed(const json::value& run, std::string_view strategy, const log_origin& origin) {
    single_run made{
        strategy_named(strategy),
        {number(run, "/success_rate", 1, origin) * 100, number(run, "/p95_ms", no_limit, origin) / 1000}};
    made.details.round = round_at(run, "/round", origin);
    made.details.claim_p95_ms = number_if_any(run, "/claim_p95_ms", origin);
    made.details.iterations = number_if_any(run, "/iterations", origin);
    made.details.issued_per_s = number_if_any(run, "/issued_per_s", origin);
    if (number_if_any(run, "/oversold", origin)) made.details.wrong = wrongs_in(run, origin);
    return made;
}

std::vector<single_run> read_bench(const json::object& strategies, const log_origin& origin) {
    std::vector<single_run> found;
    for (const auto& [name, strategy] : strategies) {
        json::error_code failed;
        const auto* runs = strategy.find_pointer("/runs", failed);
        if (runs == nullptr || !runs->is_array())
            throw unreadable(origin.file,
                             fmt::format("no list at /strategies/{}/runs", std::string_view(name)));
        for (const auto& run : runs->get_array()) found.push_back(read_listed(run, name, origin));
    }
    if (found.empty()) throw unreadable(origin.file, "no run in it");
    return found;
}

}  // namespace

std::vector<std::string> read_k6_text(std::istream& text, log_origin origin, const run_taker& take) {
    line_reader lines(text, origin.file);
    k6_log log(std::move(origin));
    while (const auto line = lines.next()) {
        log.line(*line);
        if (log.runs().empty()) continue;
        for (auto& run : log.take_runs()) take(std::move(run));
    }
    log.finish();
    for (auto& run : log.take_runs()) take(std::move(run));
    return log.notes();
}

std::vector<single_run> read_run_json(std::string_view text, const log_origin& origin) {
    const json::value read = parse(text, origin);
    const auto* object = read.if_object();
    if (object != nullptr && object->contains("metrics")) return {read_run(read, origin)};
    json::error_code failed;
    const auto* listed = read.find_pointer("/results/metrics", failed);
    if (listed != nullptr && listed->is_array())
        return {read_listed_metrics(read, listed->get_array(), origin)};
    const auto* strategies = object != nullptr ? object->if_contains("strategies") : nullptr;
    if (strategies != nullptr && strategies->is_object()) return read_bench(strategies->get_object(), origin);
    throw unreadable(origin.file,
                     "neither a run ('metrics', as k6 --summary-export writes) nor a bench ('strategies')");
}

}  // namespace dibs::report
