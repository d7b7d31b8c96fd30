#include "report/run_file.hpp"

#include "report/line_reader.hpp"
#include "report/strategy_names.hpp"

#include <boost/json/stream_parser.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <algorithm>
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

k6_log::found_run read_run(const json::value& run, const log_origin& origin) {
    const double share = number(run, "/metrics/coupon_issue_success_rate/value", 1, origin);
    const double milliseconds = number(run, "/metrics/http_req_duration/p(95)", no_limit, origin);
    return {strategy_of(run, origin), {share * 100, milliseconds / 1000}};
}

std::vector<k6_log::found_run> read_bench(const json::object& strategies, const log_origin& origin) {
    std::vector<k6_log::found_run> found;
    for (const auto& [name, strategy] : strategies) {
        json::error_code failed;
        const auto* runs = strategy.find_pointer("/runs", failed);
        if (runs == nullptr || !runs->is_array())
            throw unreadable(origin.file,
                             fmt::format("no list at /strategies/{}/runs", std::string_view(name)));
        for (const auto& run : runs->get_array())
            found.push_back({strategy_named(name),
                             {number(run, "/success_rate", 1, origin) * 100,
                              number(run, "/p95_ms", no_limit, origin) / 1000}});
    }
    if (found.empty()) throw unreadable(origin.file, "no run in it");
    return found;
}

}  // namespace

k6_log read_k6_text(std::istream& text, log_origin origin) {
    line_reader lines(text, origin.file);
    k6_log log(std::move(origin));
    while (const auto line = lines.next()) log.line(*line);
    log.finish();
    return log;
}

std::vector<k6_log::found_run> read_run_json(std::string_view text, const log_origin& origin) {
    const json::value read = parse(text, origin);
    const auto* object = read.if_object();
    if (object != nullptr && object->contains("metrics")) return {read_run(read, origin)};
    const auto* strategies = object != nullptr ? object->if_contains("strategies") : nullptr;
    if (strategies != nullptr && strategies->is_object()) return read_bench(strategies->get_object(), origin);
    throw unreadable(origin.file,
                     "neither a run ('metrics', as k6 --summary-export writes) nor a bench ('strategies')");
}

}  // namespace dibs::report
