#include "tests/support/silent_relay.hpp"

#include "core/timeout.hpp"
#include "tests/support/postgres_server.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>

namespace dibs::tests {
namespace {

using protocol = asio::local::stream_protocol;

protocol::endpoint socket_in(const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    return {(folder / ".s.PGSQL.5432").native()};
}

}  // namespace

silent_relay::silent_relay(const asio::any_io_executor& executor, const std::filesystem::path& folder,
                           const std::string& server_url)
    : server_(run_sql(server_url,
                      "SELECT split_part(current_setting('unix_socket_directories'), ',', 1) || '/.s.PGSQL.' "
                      "|| current_setting('port')")),
      url_("postgresql://postgres@/dibs?port=5432&host=" + folder.native()),
      acceptor_(executor, socket_in(folder)),
      client_(executor),
      backend_(executor) {}

task<void> silent_relay::serve() {
    co_await acceptor_.async_accept(client_, asio::use_awaitable);
    const protocol::endpoint address(server_);
    co_await backend_.async_connect(address, asio::use_awaitable);
    co_await first_of(pass_questions(), pass_answers());
    cut();
}

void silent_relay::cut() {
    client_.close();
    backend_.close();
}

task<void> silent_relay::pass_questions() {
    std::array<char, 4096> buffer{};
    boost::system::error_code ended;
    while (!ended) {
        const auto size = co_await client_.async_read_some(asio::buffer(buffer),
                                                           asio::redirect_error(asio::use_awaitable, ended));
        if (!ended) co_await asio::async_write(backend_, asio::buffer(buffer, size), asio::use_awaitable);
    }
}

task<void> silent_relay::pass_answers() {
    std::array<char, 4096> buffer{};
    boost::system::error_code ended;
    while (!ended) {
        const auto size = co_await backend_.async_read_some(asio::buffer(buffer),
                                                            asio::redirect_error(asio::use_awaitable, ended));
        if (!ended && !silent_)
            co_await asio::async_write(client_, asio::buffer(buffer, size), asio::use_awaitable);
    }
}

}  // namespace dibs::tests
