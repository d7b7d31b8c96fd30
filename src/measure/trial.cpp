#include "measure/trial.hpp"

#include "measure/interleaving.hpp"

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

figure interleaved(heading of, std::size_t repeats, const trial& value, const trial& floor) {
    auto all = interleave(repeats, value, floor);
    return {std::move(of.name), std::move(of.unit), std::move(all.values), std::move(all.floors),
            all.disturbed};
}

}  // namespace dibs::measure
