#include "page/lock_times.hpp"

#include "report/histogram_json.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace dibs::page {
namespace {

using stats::histogram;

histogram difference(const histogram& later, const histogram& earlier) {
    std::map<double, std::uint64_t> before;
    for (const auto& [upper, count] : earlier.buckets()) before[upper] = count;
    std::vector<histogram::bucket> left;
    for (const auto& [upper, count] : later.buckets()) {
        const auto found = before.find(upper);
        const auto had = found == before.end() ? 0 : found->second;
        if (count < had) throw std::invalid_argument("the second reading has fewer samples than the first");
        if (count > had) left.push_back({upper, count - had});
    }
    if (earlier.empty()) return later;
    if (left.empty()) return {};
    const auto inside = [&](double upper) {
        return std::clamp(upper * (1 - histogram::relative_error / 2), later.min(), later.max());
    };
    const histogram::extremes ends{inside(left.front().upper), inside(left.back().upper)};
    const auto count = static_cast<double>(later.count() - earlier.count());
    // the true ends may lie a little further out than those
    const double sum = std::clamp(later.sum() - earlier.sum(), count * ends.min, count * ends.max);
    return histogram::restored(left, ends, sum);
}

}  // namespace

void lock_times::merge(const lock_times& other) {
    wait.merge(other.wait);
    hold.merge(other.hold);
    tries += other.tries;
    acquired += other.acquired;
    timed_out += other.timed_out;
    failed += other.failed;
}

lock_times lock_times::since(const lock_times& before) const {
    return {difference(wait, before.wait), difference(hold, before.hold), tries - before.tries,
            acquired - before.acquired,    timed_out - before.timed_out,  failed - before.failed};
}

std::string to_json(const lock_times_by_algorithm& all) {
    boost::json::object made;
    for (const auto& [kind, times] : all)
        made[to_string(kind)] = {{"wait", report::histogram_json(times.wait)},
                                 {"hold", report::histogram_json(times.hold)},
                                 {"tries", times.tries},
                                 {"acquired", times.acquired},
                                 {"timed_out", times.timed_out},
                                 {"failed", times.failed}};
    return boost::json::serialize(made);
}

lock_times_by_algorithm lock_times_from(std::string_view json) {
    lock_times_by_algorithm read;
    const auto parsed = boost::json::parse(json);
    for (const auto& [name, times] : parsed.as_object()) {
        const auto kind = algorithm_from(name);
        if (!kind) throw std::runtime_error("no algorithm: " + std::string(name));
        const auto count = [&times = times](const char* what) {
            return times.at(what).to_number<std::uint64_t>();
        };
        read[*kind] = {report::histogram_from(times.at("wait")),
                       report::histogram_from(times.at("hold")),
                       count("tries"),
                       count("acquired"),
                       count("timed_out"),
                       count("failed")};
    }
    return read;
}

}  // namespace dibs::page
