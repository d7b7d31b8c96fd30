#include "core/spawn.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>

#include <utility>

namespace dibs {

void spawn(const asio::any_io_executor& executor, task<void> work, on_end ended) {
    spawn(executor, std::move(work), asio::cancellation_slot(), std::move(ended));
}

void spawn(const asio::any_io_executor& executor, task<void> work, asio::cancellation_slot stop,
           on_end ended) {
    asio::co_spawn(executor, std::move(work),
                   asio::bind_cancellation_slot(stop, [ended = std::move(ended)](std::exception_ptr failed) {
                       if (ended) ended(std::move(failed));
                   }));
}

}  // namespace dibs
