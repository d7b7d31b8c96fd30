#pragma once

#include "torture/orders.hpp"

namespace dibs::torture {

/// A worker process: prints "ready" when it has its connections, then takes locks, writes to the resource and
/// releases, recording all of it, until SIGTERM. Throws where it cannot begin.
void work(const orders& told);

}  // namespace dibs::torture
