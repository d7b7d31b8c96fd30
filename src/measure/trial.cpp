#include "measure/trial.hpp"

#include "core/spawn.hpp"

#include <exception>
#include <utility>

namespace dibs::measure {
namespace {

struct cost {
    double seconds;
    double cpu_us;
};

cost cost_of(const cpu_meter& meter, const std::function<void()>& work) {
    const auto used = meter.used();
    const auto begun = steady::now();
    work();
    const auto ended = steady::now();
    return {std::chrono::duration<double>(ended - begun).count(),
            std::chrono::duration<double, std::micro>(meter.used() - used).count()};
}

}  // namespace

sample time_each(const cpu_meter& meter, std::size_t operations, const std::function<void()>& work) {
    const auto all = cost_of(meter, work);
    const auto count = static_cast<double>(operations);
    return {all.seconds * 1e6 / count, all.cpu_us / count};
}

sample rate_of(const cpu_meter& meter, std::size_t operations, const std::function<void()>& work) {
    const auto all = cost_of(meter, work);
    const auto count = static_cast<double>(operations);
    return {count / all.seconds, all.cpu_us / count};
}

void run_to_end(asio::io_context& io, task<void> work) {
    std::exception_ptr failed;
    spawn(io.get_executor(), std::move(work), [&](std::exception_ptr thrown) {
        failed = std::move(thrown);
        io.stop();
    });
    io.restart();
    io.run();
    if (failed) std::rethrow_exception(failed);
}

figure interleaved(heading of, std::size_t repeats, const trial& value, const trial& floor) {
    figure result{std::move(of.name), std::move(of.unit), {}, {}};
    if (floor) floor();
    value();
    for (std::size_t i = 0; i < repeats; ++i) {
        if (floor) result.floors.push_back(floor());
        result.values.push_back(value());
    }
    return result;
}

}  // namespace dibs::measure
