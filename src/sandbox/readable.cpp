#include "sandbox/readable.hpp"

#include <poll.h>

#include <algorithm>

namespace dibs::sandbox {

bool await_readable(int descriptor, clock::time_point until) {
    constexpr long longest_ms = 3'600'000;
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - clock::now()).count();
        pollfd wanted{descriptor, POLLIN, 0};
        const int ready = ::poll(&wanted, 1, static_cast<int>(std::clamp(left, 0L, longest_ms)));
        if (ready > 0) return true;
        if (ready == 0 && left <= longest_ms) return false;
    }
}

}  // namespace dibs::sandbox
