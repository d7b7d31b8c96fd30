#include "sandbox/channel.hpp"

#include <cerrno>
#include <system_error>

namespace dibs::sandbox {

wire::message channel::ask(const wire::request& head, std::string_view rest,
                           const std::vector<int>& descriptors) {
    const std::lock_guard guard(one_at_a_time_);
    wire::send(socket_.get(), std::string(wire::bytes_of(head)).append(rest), descriptors);
    return receive();
}

wire::message channel::first_word() {
    const std::lock_guard guard(one_at_a_time_);
    return receive();
}

void channel::close() {
    const std::lock_guard guard(one_at_a_time_);
    socket_.reset();
}

wire::message channel::receive() {
    auto received = wire::receive(socket_.get());
    if (!received) throw std::system_error(EPIPE, std::generic_category(), "sandbox supervisor");
    return std::move(*received);
}

}  // namespace dibs::sandbox
