#include "measure/trial.hpp"

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
    figure result{std::move(of.name), std::move(of.unit), {}};
    const auto both = [&] {
        const auto under = floor ? floor() : sample();
        return std::pair(under, value());
    };
    both();
    retakes repeated(repeats);
    for (std::size_t i = 0; i < repeats; ++i) {
        const auto [under, found] = repeated.undisturbed(both);
        if (floor) result.floors.push_back(under);
        result.values.push_back(found);
    }
    result.disturbed = repeated.count();
    return result;
}

}  // namespace dibs::measure
