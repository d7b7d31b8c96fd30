#pragma once

#include "measure/trial.hpp"
#include "sandbox/servers.hpp"

#include <cstddef>

/// One coroutine that takes a free redlock of five masters and gives it back. Everything runs on one core.
namespace dibs::measure {

/// redlock_cycle: against the same commands sent to the five side by side.
figure measure_redlock_cycle(sandbox::servers& on, std::size_t repeats);

/// redlock_…_hung, …_dead, …_black_holed: with so many of the five stopped, killed, or behind a link that
/// loses every byte, against all five in health and connected again. Of the third all five are behind such
/// links.
figure measure_redlock_with_hung(sandbox::servers& on, heading of, std::size_t masters, std::size_t repeats);
figure measure_redlock_with_dead(sandbox::servers& on, heading of, std::size_t masters, std::size_t repeats);
figure measure_redlock_with_black_holed(sandbox::servers& on, heading of, std::size_t masters,
                                        std::size_t repeats);

}  // namespace dibs::measure
