#include "core/run.hpp"

#include "core/spawn.hpp"

#include <exception>
#include <utility>

namespace dibs {

void run_to_end(asio::io_context& io, task<void> work) {
    std::exception_ptr failed;
    spawn(io.get_executor(), std::move(work), [&](std::exception_ptr thrown) {
        failed = std::move(thrown);
        io.stop();
    });
    io.restart();
    io.run();
    if (failed) std::rethrow_exception(failed);
}

}  // namespace dibs
