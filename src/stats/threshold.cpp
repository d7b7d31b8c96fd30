#include "stats/threshold.hpp"

#include "stats/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace dibs::stats {
namespace {

constexpr std::array<std::pair<std::string_view, aggregate>, 7> aggregates{{{"count", aggregate::count},
                                                                            {"rate", aggregate::rate},
                                                                            {"value", aggregate::value},
                                                                            {"avg", aggregate::average},
                                                                            {"min", aggregate::min},
                                                                            {"med", aggregate::median},
                                                                            {"max", aggregate::max}}};

// The longer ones first, so that `<=` is not taken for `<`.
constexpr std::array<std::pair<std::string_view, relation>, 7> comparisons{
    {{"===", relation::equal},
     {"==", relation::equal},
     {"!=", relation::not_equal},
     {"<=", relation::less_or_equal},
     {">=", relation::greater_or_equal},
     {"<", relation::less},
     {">", relation::greater}}};

[[noreturn]] void fail(std::string_view text, std::string_view why) {
    throw bad_expression(fmt::format(
        "the threshold '{}' {}; examples: p(95)<2000, avg<300, rate>0.8, count>=10, value<100", text, why));
}

std::optional<double> number(std::string_view text) {
    double value = 0;
    const char* const last = text.data() + text.size();
    const auto [end, failed] = std::from_chars(text.data(), last, value);
    if (failed != std::errc() || end != last || !std::isfinite(value)) return std::nullopt;
    return value;
}

void read_left(condition& made) {
    for (const auto& [word, kind] : aggregates)
        if (made.left == word) {
            made.of = kind;
            return;
        }
    const std::string_view left = made.left;
    if (!left.starts_with("p(") || !left.ends_with(')'))
        fail(made.text, "needs one of count, rate, value, avg, min, med, max, p(N) on its left");
    const auto p = number(trimmed(left.substr(2, left.size() - 3)));
    if (!p || *p < 0 || *p > 100) fail(made.text, "needs a percentile between p(0) and p(100)");
    made.of = aggregate::percentile;
    made.share = *p / 100;
}

void read_right(condition& made, std::string_view rest) {
    for (const auto& [sign, kind] : comparisons) {
        if (!rest.starts_with(sign)) continue;
        const auto bound = number(trimmed(rest.substr(sign.size())));
        if (!bound) fail(made.text, "needs a number behind its comparison");
        made.is = kind;
        made.bound = *bound;
        return;
    }
    fail(made.text, "has an unknown comparison (known: < <= > >= == !=)");
}

/// The aggregate of each kind of metric; empty where the kind has none such.
struct observer {
    const condition& wanted;
    double seconds;

    std::optional<double> operator()(const counter& samples) const {
        if (wanted.of == aggregate::count) return samples.total();
        if (wanted.of == aggregate::rate) return seconds > 0 ? samples.total() / seconds : 0;
        return std::nullopt;
    }
    std::optional<double> operator()(const gauge& samples) const {
        return wanted.of == aggregate::value ? std::optional(samples.last()) : std::nullopt;
    }
    std::optional<double> operator()(const rate& samples) const {
        return wanted.of == aggregate::rate ? std::optional(samples.value()) : std::nullopt;
    }
    std::optional<double> operator()(const trend& samples) const {
        switch (wanted.of) {
            case aggregate::average: return samples.average();
            case aggregate::min: return samples.min();
            case aggregate::median: return samples.median();
            case aggregate::max: return samples.max();
            case aggregate::percentile: return samples.percentile(wanted.share);
            default: return std::nullopt;
        }
    }
};

std::string_view aggregates_of(const sink& samples) {
    static constexpr std::array<std::string_view, 4> texts{"a counter has count and rate",
                                                           "a gauge has value", "a rate has rate",
                                                           "a trend has avg, min, med, max and p(N)"};
    return texts.at(samples.index());
}

}  // namespace

condition condition::parse(std::string_view text) {
    condition made;
    made.text = trimmed(text);
    const auto at = made.text.find_first_of("<>=!");
    if (at == std::string::npos) fail(made.text, "lacks its comparison (< <= > >= == !=)");
    made.left = trimmed(std::string_view(made.text).substr(0, at));
    read_left(made);
    read_right(made, std::string_view(made.text).substr(at));
    return made;
}

bool condition::holds(double observed) const {
    switch (is) {
        case relation::less: return observed < bound;
        case relation::less_or_equal: return observed <= bound;
        case relation::greater: return observed > bound;
        case relation::greater_or_equal: return observed >= bound;
        case relation::equal: return observed == bound;
        case relation::not_equal: return observed != bound;
    }
    return false;
}

std::optional<double> condition::observe(const sink& samples, std::chrono::nanoseconds run) const {
    const auto observed = std::visit(observer{*this, std::chrono::duration<double>(run).count()}, samples);
    if (!observed)
        throw bad_expression(
            fmt::format("the threshold '{}' does not fit its metric: {}", text, aggregates_of(samples)));
    return empty(samples) ? std::nullopt : observed;
}

threshold threshold::parse(std::string_view text) {
    // A colon within braces belongs to the metric's tags.
    const auto brace = text.find('{');
    const auto first = text.find(':');
    const auto colon = brace < first ? text.find(':', std::min(text.find('}'), text.size())) : first;
    if (colon == std::string_view::npos)
        throw bad_expression(fmt::format(
            "the threshold '{}' is not of the form METRIC:EXPRESSION, as http_req_duration:p(95)<2000",
            text));
    return {metric_name::parse(text.substr(0, colon)), condition::parse(text.substr(colon + 1)), {}};
}

}  // namespace dibs::stats
