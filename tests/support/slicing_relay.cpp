#include "tests/support/slicing_relay.hpp"

#include "core/timeout.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <linux/sockios.h>
#include <sys/ioctl.h>

#include <array>

namespace dibs::tests {
namespace {

/// Bytes that the other side has not read yet.
int unread(int descriptor) {
    int count = 0;
    return ioctl(descriptor, SIOCOUTQ, &count) == 0 ? count : 0;
}

}  // namespace

slicing_relay::slicing_relay(const asio::any_io_executor& executor, const std::filesystem::path& listens_at)
    : acceptor_(executor, asio::local::stream_protocol::endpoint(listens_at.native())) {}

task<void> slicing_relay::serve(std::filesystem::path server) {
    socket client = co_await acceptor_.async_accept(asio::use_awaitable);
    socket backend(acceptor_.get_executor());
    const asio::local::stream_protocol::endpoint address(server.native());
    co_await backend.async_connect(address, asio::use_awaitable);
    co_await first_of(pass_whole(client, backend), pass_in_slices(backend, client));
}

task<void> slicing_relay::pass_whole(socket& from, socket& to) {
    std::array<char, 4096> buffer{};
    boost::system::error_code ended;
    while (!ended) {
        const auto size = co_await from.async_read_some(asio::buffer(buffer),
                                                        asio::redirect_error(asio::use_awaitable, ended));
        if (!ended) co_await asio::async_write(to, asio::buffer(buffer, size), asio::use_awaitable);
    }
}

task<void> slicing_relay::pass_in_slices(socket& from, socket& to) {
    std::array<char, 4096> buffer{};
    boost::system::error_code ended;
    while (!ended) {
        const auto size = co_await from.async_read_some(asio::buffer(buffer),
                                                        asio::redirect_error(asio::use_awaitable, ended));
        for (std::size_t i = 0; i < size; ++i) {
            const auto byte = asio::buffer(&buffer.at(i), 1);
            co_await asio::async_write(to, byte, asio::use_awaitable);
            while (unread(to.native_handle()) > 0) co_await asio::post(asio::use_awaitable);
        }
    }
}

}  // namespace dibs::tests
