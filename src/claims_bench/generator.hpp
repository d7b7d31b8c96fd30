#pragma once

#include "claims_bench/load_orders.hpp"

#include <functional>

namespace dibs::claims_bench {

/// Sends claims over keep-alive connections, one at a time on each, and waits for all answers. `connected` is
/// called when all connections are made, before the first request. Blocks; runs on this thread alone, to be
/// called in a process of its own so that its processor time can be told apart.
///
/// An answer that was not expected and one that never came are counted; throws std::exception where it cannot
/// work at all.
load_report generate(const load_orders& orders, const std::function<void()>& connected);

}  // namespace dibs::claims_bench
