#pragma once

#include "http/message.hpp"
#include "http/router.hpp"

namespace dibs::http {

/// The answer of the request's handler, or the problem that stands for its failure or absence. Failures are
/// logged and not shown. Throws only when the handler was cancelled. `asked` must outlive it.
task<response> dispatch(const router& routes, const request& asked);

}  // namespace dibs::http
