#include "report/k6/k6_json.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace dibs::report {
namespace {

namespace json = boost::json;

/// k6 names groups and checks by the MD5 of their path.
std::string id_of(std::string_view path) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    if (EVP_Digest(path.data(), path.size(), digest.data(), &size, EVP_md5(), nullptr) != 1)
        throw std::runtime_error("OpenSSL has no MD5, by which k6's JSON names its checks");
    std::string hex;
    for (unsigned int i = 0; i < size; ++i) hex += fmt::format("{:02x}", digest.at(i));
    return hex;
}

/// A whole number as such: 45, not 45.0.
json::value number(double value) {
    constexpr double exact = 9007199254740992.0;  // 2^53
    const auto whole = static_cast<std::int64_t>(value >= -exact && value <= exact ? value : 0.5);
    return static_cast<double>(whole) == value ? json::value(whole) : json::value(value);
}

json::object rate_members(const stats::rate_values& values) {
    return {{"value", number(values.value())}, {"passes", values.passes}, {"fails", values.fails}};
}

struct members_of {
    json::object operator()(const stats::counter_values& values) const {
        return {{"count", number(values.count)}, {"rate", number(values.per_second)}};
    }
    json::object operator()(const stats::gauge_values& values) const {
        return {{"value", number(values.value)}, {"min", number(values.min)}, {"max", number(values.max)}};
    }
    json::object operator()(const stats::rate_values& values) const { return rate_members(values); }
    json::object operator()(const stats::trend_values& values) const {
        return {{"avg", number(values.avg)}, {"min", number(values.min)},   {"med", number(values.med)},
                {"max", number(values.max)}, {"p(90)", number(values.p90)}, {"p(95)", number(values.p95)}};
    }
};

json::object root_group(const stats::run_summary& run) {
    json::object checks;
    for (const auto& check : run.checks) {
        const auto path = "::" + check.name;
        checks[check.name] = {{"name", check.name},
                              {"path", path},
                              {"id", id_of(path)},
                              {"passes", check.passes},
                              {"fails", check.fails}};
    }
    return {{"name", ""}, {"path", ""}, {"id", id_of("")}, {"groups", json::object()}, {"checks", checks}};
}

json::object all_checks(const stats::run_summary& run) {
    stats::rate_values sum;
    for (const auto& check : run.checks) {
        sum.passes += check.passes;
        sum.fails += check.fails;
    }
    return rate_members(sum);
}

json::object metrics(const stats::run_summary& run) {
    json::object made;
    if (!run.checks.empty()) made["checks"] = all_checks(run);
    for (const auto& [name, metric] : run.metrics)
        made[name.text()] = std::visit(members_of(), metric.values);
    for (const auto& threshold : run.thresholds) {
        json::value& metric = made[threshold.metric.text()];
        if (!metric.is_object()) metric.emplace_object();
        json::value& verdicts = metric.get_object()["thresholds"];
        if (!verdicts.is_object()) verdicts.emplace_object();
        verdicts.get_object()[threshold.wanted.text] = threshold.outcome == stats::verdict::crossed;
    }
    return made;
}

}  // namespace

json::object k6_json(const stats::run_summary& run) {
    return {{"root_group", root_group(run)}, {"metrics", metrics(run)}};
}

json::object run_json(const stats::run_summary& run, json::object about) {
    json::object made = k6_json(run);
    made["dibs"] = std::move(about);
    return made;
}

}  // namespace dibs::report
