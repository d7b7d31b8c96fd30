#pragma once

#include "core/asio.hpp"
#include "core/run.hpp"
#include "measure/figure.hpp"
#include "measure/machine.hpp"

#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <functional>
#include <string>

namespace dibs::measure {

/// One repeat of a figure, or of its floor; blocks until it is done.
using trial = std::function<sample()>;

/// What `operations` of them cost, done by `work`: wall-clock µs an operation.
sample time_each(const cpu_meter& meter, std::size_t operations, const std::function<void()>& work);
/// The same as operations a second.
sample rate_of(const cpu_meter& meter, std::size_t operations, const std::function<void()>& work);

struct heading {
    std::string name;
    std::string unit;
};

/// interleave() as a figure.
figure interleaved(heading of, std::size_t repeats, const trial& value, const trial& floor = {});

}  // namespace dibs::measure
