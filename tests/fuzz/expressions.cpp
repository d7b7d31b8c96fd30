// What is given on command lines: thresholds, metrics, stages, coupons. Read, or refused in words; what is
// read can be written again and is the same.
#include "coupon/input.hpp"
#include "load/stage.hpp"
#include "stats/threshold.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <fmt/format.h>

#include <cmath>
#include <optional>

namespace dibs::fuzz {
namespace {

template <class Refusal, class Read>
auto unless(Read read) -> std::optional<decltype(read())> {
    try {
        return read();
    } catch (const Refusal&) {
        return std::nullopt;
    }
}

void threshold(std::string_view text) {
    const auto read = unless<stats::bad_expression>([&] { return stats::threshold::parse(text); });
    if (!read) return;
    const auto& wanted = read->wanted;
    require(std::isfinite(wanted.bound), "a bound that cannot be");
    require(wanted.share >= 0 && wanted.share <= 1, "a percentile that cannot be");
    const auto again = stats::threshold::parse(fmt::format("{}:{}", read->metric.text(), wanted.text));
    require(again.metric == read->metric && again.wanted.of == wanted.of && again.wanted.is == wanted.is &&
                again.wanted.bound == wanted.bound && again.wanted.share == wanted.share,
            "a threshold is another when written again");
}

void metric(std::string_view text) {
    const auto read = unless<stats::bad_expression>([&] { return stats::metric_name::parse(text); });
    require(!read || stats::metric_name::parse(read->text()) == *read,
            "a metric is another when written again");
}

void stage(std::string_view text) {
    const auto read = unless<load::bad_scenario>([&] { return load::parse_stage(text); });
    if (!read) return;
    require(read->length.count() >= 0 && read->length <= std::chrono::hours(24 * 7), "an impossible stage");
    const auto again = load::parse_stage(fmt::format("{}ns:{}", read->length.count(), read->target));
    require(again.length == read->length && again.target == read->target,
            "a stage is another when written again");
}

void coupon_spec(std::string_view text) {
    const auto read = unless<coupon::invalid_input>([&] { return coupon::read_coupon_spec(text); });
    if (!read) return;
    require(coupon::is_coupon_id(read->id) && !read->code.empty() && read->stock >= 0, "no such coupon");
    const auto again = coupon::read_coupon_spec(fmt::format("{}:{}:{}", read->id, read->code, read->stock));
    require(again.id == read->id && again.code == read->code && again.stock == read->stock,
            "a coupon is another when written again");
}

}  // namespace
}  // namespace dibs::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace dibs::fuzz;
    const auto text = text_of(data, size);
    threshold(text);
    metric(text);
    stage(text);
    coupon_spec(text);
    return 0;
}
