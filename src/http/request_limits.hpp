#pragma once

#include <cstddef>

namespace dibs::http {

struct request_limits {
    std::size_t header_bytes = 0;
    std::size_t body_bytes = 0;
};

}  // namespace dibs::http
