#include "locks/cohort.hpp"

#include "locks/local_handoff.hpp"
#include "locks/timing.hpp"

#include <utility>

namespace dibs::locks {

cohort::cohort(asio::any_io_executor executor, std::unique_ptr<locker> backend)
    : executor_(std::move(executor)),
      backend_(std::move(backend)),
      lines_(executor_, idle_name_time, [this](const lock_name& name) {
          return std::make_shared<local_line>(executor_, backend_, owners_, name);
      }) {}

task<std::optional<lease>> cohort::acquire(lock_request request) {
    if (!hands_on_locally(request)) return backend_->acquire(std::move(request));
    auto line = lines_.of(request.name);
    return local_line::acquire(std::move(line), std::move(request));
}

void cohort::closed() {
    backend_->closed();
    lines_.for_each([](local_line& line) { line.closed(); });
}

}  // namespace dibs::locks
