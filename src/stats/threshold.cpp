#include "stats/threshold.hpp"

#include <array>
#include <cctype>
#include <charconv>
#include <utility>

namespace dibs::stats {
namespace {

using comparison = threshold::comparison;

constexpr std::array<std::pair<std::string_view, comparison>, 7> operators{{
    {"<=", comparison::less_or_equal},
    {">=", comparison::greater_or_equal},
    {"===", comparison::equal},
    {"==", comparison::equal},
    {"!=", comparison::not_equal},
    {"<", comparison::less},
    {">", comparison::greater},
}};

std::string without_spaces(std::string_view text) {
    std::string kept;
    for (const char c : text)
        if (std::isspace(static_cast<unsigned char>(c)) == 0) kept += c;
    return kept;
}

std::optional<double> number_in(std::string_view text) {
    double number = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

/// The N of `p(N)`, from 0 to 100.
std::optional<double> percentile_in(std::string_view aggregate) {
    if (!aggregate.starts_with("p(") || !aggregate.ends_with(")")) return std::nullopt;
    const auto number = number_in(aggregate.substr(2, aggregate.size() - 3));
    if (!number || *number < 0 || *number > 100) return std::nullopt;
    return number;
}

bool known_aggregate(std::string_view word) {
    constexpr std::array<std::string_view, 7> words{"avg", "min", "med", "max", "rate", "count", "value"};
    for (const auto known : words)
        if (word == known) return true;
    return percentile_in(word).has_value();
}

[[noreturn]] void refuse(std::string_view text, std::string_view why) {
    throw bad_threshold("threshold '" + std::string(text) + "': " + std::string(why) +
                        "; write METRIC:AGGREGATE<NUMBER, as http_req_duration:p(95)<2000 or "
                        "coupon_issue_success_rate:rate>0.8");
}

/// The metric's name ends at the first colon outside of its tags.
std::size_t end_of_metric(std::string_view text) {
    int depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '{') ++depth;
        if (text[i] == '}') --depth;
        if (text[i] == ':' && depth == 0) return i;
    }
    return std::string_view::npos;
}

struct aggregate_of {
    std::string_view aggregate;
    double seconds;

    std::optional<double> operator()(const counter& c) const {
        if (aggregate == "count") return c.total();
        if (aggregate == "rate") return c.total() / seconds;
        return std::nullopt;
    }
    std::optional<double> operator()(const gauge& g) const {
        if (aggregate == "value") return g.value();
        return std::nullopt;
    }
    std::optional<double> operator()(const rate& r) const {
        if (aggregate == "rate") return r.share();
        return std::nullopt;
    }
    std::optional<double> operator()(const trend& t) const {
        if (aggregate == "avg") return t.average();
        if (aggregate == "min") return t.lowest();
        if (aggregate == "med") return t.median();
        if (aggregate == "max") return t.highest();
        if (aggregate == "count") return static_cast<double>(t.count());
        if (const auto p = percentile_in(aggregate)) return t.percentile(*p / 100);
        return std::nullopt;
    }
};

bool holds(double observed, comparison compared, double limit) {
    switch (compared) {
        case comparison::less: return observed < limit;
        case comparison::less_or_equal: return observed <= limit;
        case comparison::greater: return observed > limit;
        case comparison::greater_or_equal: return observed >= limit;
        case comparison::equal: return observed == limit;
        case comparison::not_equal: return observed != limit;
    }
    return false;
}

}  // namespace

threshold parse_threshold(std::string_view text) {
    const auto colon = end_of_metric(text);
    if (colon == std::string_view::npos || colon == 0) refuse(text, "no metric stands before a colon");
    threshold result;
    result.metric = std::string(text.substr(0, colon));
    result.expression = std::string(text.substr(colon + 1));
    const auto words = without_spaces(result.expression);
    const auto at = words.find_first_of("<>=!");
    if (at == std::string::npos) refuse(text, "no comparison");
    result.aggregate = words.substr(0, at);
    if (!known_aggregate(result.aggregate)) refuse(text, "'" + result.aggregate + "' is no aggregate");
    for (const auto& [sign, compared] : operators) {
        if (!std::string_view(words).substr(at).starts_with(sign)) continue;
        const auto limit = number_in(std::string_view(words).substr(at + sign.size()));
        if (!limit) refuse(text, "no number to compare with");
        result.compared = compared;
        result.limit = *limit;
        return result;
    }
    refuse(text, "no comparison");
}

threshold_outcome judge(const threshold& what, const metric_table& metrics, std::chrono::nanoseconds over) {
    const metric* measured = metrics.find(what.metric);
    if (!measured || !measured->has_samples()) {
        // A counter that never counted has a value all the same: none.
        if (!measured || !std::holds_alternative<counter>(measured->values))
            return {what, std::nullopt, true};
    }
    const double seconds = std::chrono::duration<double>(over).count();
    const auto observed = std::visit(aggregate_of{what.aggregate, seconds}, measured->values);
    if (!observed)
        throw bad_threshold("threshold '" + what.metric + ":" + what.expression + "': this metric has no '" +
                            what.aggregate + "'");
    return {what, observed, !holds(*observed, what.compared, what.limit)};
}

}  // namespace dibs::stats
