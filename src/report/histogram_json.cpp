#include "report/histogram_json.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace dibs::report {
namespace {

[[noreturn]] void not_a_histogram(std::string_view place, std::string_view why) {
    throw std::runtime_error(fmt::format("{}: {}", place, why));
}

const boost::json::value& histogram_member(const boost::json::value& object, std::string_view pointer) {
    boost::json::error_code failed;
    const auto* found = object.find_pointer(pointer, failed);
    if (found == nullptr) not_a_histogram(pointer, "is missing");
    return *found;
}

double histogram_number(const boost::json::value& object, std::string_view pointer) {
    const auto& found = histogram_member(object, pointer);
    if (!found.is_number()) not_a_histogram(pointer, "is not a number");
    return found.to_number<double>();
}

stats::histogram::bucket bucket_from(const boost::json::value& pair, std::string_view place) {
    const auto* parts = pair.if_array();
    if (parts == nullptr || parts->size() != 2 || !parts->at(0).is_number())
        not_a_histogram(place, "is not a pair of an upper bound and a count");
    boost::json::error_code failed;
    const auto count = parts->at(1).to_number<std::uint64_t>(failed);
    if (failed) not_a_histogram(place, "has a count that is no whole number");
    return {parts->at(0).to_number<double>(), count};
}

std::vector<stats::histogram::bucket> buckets_from(const boost::json::value& list) {
    if (!list.is_array()) not_a_histogram("/buckets", "is not a list");
    std::vector<stats::histogram::bucket> read;
    for (const auto& pair : list.get_array())
        read.push_back(bucket_from(pair, fmt::format("/buckets/{}", read.size())));
    return read;
}

}  // namespace

boost::json::object histogram_json(const stats::histogram& samples) {
    boost::json::array buckets;
    for (const auto& [upper, count] : samples.buckets()) buckets.push_back({upper, count});
    return {{"unit", "ms"},
            {"relative_error", stats::histogram::relative_error},
            {"count", samples.count()},
            {"min", samples.min()},
            {"max", samples.max()},
            {"sum", samples.sum()},
            {"buckets", std::move(buckets)}};
}

stats::histogram histogram_from(const boost::json::value& value) {
    if (histogram_member(value, "/unit") != "ms") not_a_histogram("/unit", "is not ms");
    const double error = histogram_number(value, "/relative_error");
    if (std::abs(error - stats::histogram::relative_error) > 1e-9)
        not_a_histogram("/relative_error", fmt::format("is {}, and {} is what this version reads", error,
                                                       stats::histogram::relative_error));
    const stats::histogram::extremes ends{histogram_number(value, "/min"), histogram_number(value, "/max")};
    const double sum = histogram_number(value, "/sum");
    const auto buckets = buckets_from(histogram_member(value, "/buckets"));
    try {
        auto read = stats::histogram::restored(buckets, ends, sum);
        if (static_cast<double>(read.count()) != histogram_number(value, "/count"))
            not_a_histogram("/count", "is not what the buckets add up to");
        return read;
    } catch (const std::logic_error& impossible) {
        not_a_histogram("/buckets", impossible.what());
    }
}

}  // namespace dibs::report
