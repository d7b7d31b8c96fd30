#pragma once

#include "stats/histogram.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

namespace dibs::report {

/// `{"unit": "ms", "relative_error", "count", "min", "max", "sum", "buckets": [[upper, count], …]}`, with the
/// buckets that have samples, in ascending order.
boost::json::object histogram_json(const stats::histogram& samples);

/// Reads it back. Throws std::runtime_error, which begins with the place within `value` (`/buckets/3: …`),
/// for anything that `histogram_json` does not write.
stats::histogram histogram_from(const boost::json::value& value);

}  // namespace dibs::report
