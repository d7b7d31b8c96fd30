#pragma once

#include "torture/orders.hpp"

namespace dibs::torture {

/// A worker process: prints "ready" when it has its connections, then takes locks, writes to the resource and
/// releases, recording all of it, until SIGTERM. Its coroutines hold locks for up to 3 ms; but two of them
/// stay with one of the last two locks each, which the others leave to them, and hold that for up to
/// `long_hold`, so that there always is a holder to whom it matters what becomes of the lock. From SIGUSR1 on
/// they are as brief. Throws where it cannot begin.
void work(const orders& told);

}  // namespace dibs::torture
