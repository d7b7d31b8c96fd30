#include "claims_bench/load_orders.hpp"

#include <boost/json.hpp>

namespace dibs::claims_bench {
namespace {

namespace json = boost::json;

std::string text(const json::value& of, const char* key) { return std::string(of.at(key).as_string()); }

template <class Number>
Number number(const json::value& of, const char* key) {
    return of.at(key).to_number<Number>();
}

}  // namespace

std::uint64_t load_report::answered(int status) const {
    const auto found = statuses.find(status);
    return found == statuses.end() ? 0 : found->second;
}

std::string to_json(const load_orders& orders) {
    return json::serialize(json::object{{"port", orders.port},
                                        {"coupon", orders.coupon},
                                        {"code", orders.code},
                                        {"strategy", orders.strategy},
                                        {"keys", orders.keys},
                                        {"users_file", orders.users_file},
                                        {"claims_file", orders.claims_file},
                                        {"connections", orders.connections},
                                        {"requests", orders.requests},
                                        {"length_ms", orders.length.count()},
                                        {"rate", orders.rate},
                                        {"expected", orders.expected},
                                        {"drops_late", orders.drops_late}});
}

load_orders load_orders_from(std::string_view from) {
    const auto value = json::parse(from);
    load_orders read;
    read.port = number<std::uint16_t>(value, "port");
    read.coupon = text(value, "coupon");
    read.code = text(value, "code");
    read.strategy = text(value, "strategy");
    read.keys = text(value, "keys");
    read.users_file = text(value, "users_file");
    read.claims_file = text(value, "claims_file");
    read.connections = number<std::size_t>(value, "connections");
    read.requests = number<std::size_t>(value, "requests");
    read.length = std::chrono::milliseconds(number<std::int64_t>(value, "length_ms"));
    read.rate = number<double>(value, "rate");
    read.expected = number<int>(value, "expected");
    read.drops_late = value.at("drops_late").as_bool();
    return read;
}

std::string to_json(const load_report& told) {
    json::object statuses;
    for (const auto& [status, count] : told.statuses) statuses[std::to_string(status)] = count;
    return json::serialize(json::object{{"sent", told.sent},
                                        {"statuses", std::move(statuses)},
                                        {"in_doubt", told.in_doubt},
                                        {"surprise", told.surprise},
                                        {"seconds", told.seconds},
                                        {"cpu_us", told.cpu_us},
                                        {"dropped", told.dropped},
                                        {"p50_ms", told.p50_ms},
                                        {"p95_ms", told.p95_ms},
                                        {"p99_ms", told.p99_ms},
                                        {"max_ms", told.max_ms},
                                        {"late_starts", told.late_starts},
                                        {"lag_p99_ms", told.lag_p99_ms},
                                        {"own_lag_p99_ms", told.own_lag_p99_ms}});
}

load_report load_report_from(std::string_view from) {
    const auto value = json::parse(from);
    load_report read;
    read.sent = number<std::uint64_t>(value, "sent");
    for (const auto& [status, count] : value.at("statuses").as_object())
        read.statuses[std::stoi(std::string(status))] = count.to_number<std::uint64_t>();
    read.in_doubt = number<std::uint64_t>(value, "in_doubt");
    read.surprise = text(value, "surprise");
    read.seconds = number<double>(value, "seconds");
    read.cpu_us = number<double>(value, "cpu_us");
    read.dropped = number<std::uint64_t>(value, "dropped");
    read.p50_ms = number<double>(value, "p50_ms");
    read.p95_ms = number<double>(value, "p95_ms");
    read.p99_ms = number<double>(value, "p99_ms");
    read.max_ms = number<double>(value, "max_ms");
    read.late_starts = number<std::uint64_t>(value, "late_starts");
    read.lag_p99_ms = number<double>(value, "lag_p99_ms");
    read.own_lag_p99_ms = number<double>(value, "own_lag_p99_ms");
    return read;
}

}  // namespace dibs::claims_bench
