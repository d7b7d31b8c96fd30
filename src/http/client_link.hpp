#pragma once

#include "core/name_lookup.hpp"
#include "http/client.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <string>
#include <vector>

namespace dibs::http {

class answer_reader;

/// The socket of a client_connection and what guards it.
struct client_connection::link : std::enable_shared_from_this<link> {
    link(const asio::any_io_executor& executor, std::string to_host, std::uint16_t to_port);

    static task<client_response> exchange(std::shared_ptr<link> self, const client_request& what,
                                          deadline until);
    void close();

   private:
    using tcp = asio::ip::tcp;

    task<void> connect(client_response& answer);
    task<void> talk(const client_request& what, client_response& answer);
    task<boost::system::error_code> send_out(client_response& answer);
    task<boost::system::error_code> receive(answer_reader& reader, client_response& answer);

    bool reusable();
    void build(const client_request& what);
    void watch(deadline until);
    void arm();
    void limit_reached();
    std::string explain(const boost::system::error_code& failed) const;

    std::string host_field_;
    name_lookup names_;
    tcp::socket socket_;
    std::vector<tcp::endpoint> addresses_;
    std::string out_;
    std::vector<char> in_;

    // One wait serves many requests: it is made anew only for a deadline that comes before it ends.
    asio::steady_timer limit_;
    deadline due_ = deadline::max();
    deadline armed_for_ = deadline::max();
    bool late_ = false;

   public:
    bool open() const { return socket_.is_open(); }
};

}  // namespace dibs::http
