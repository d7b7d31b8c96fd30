#pragma once

#include "core/asio.hpp"
#include "core/random.hpp"
#include "http/answer_text.hpp"
#include "http/problem.hpp"
#include "http/rate_limit.hpp"
#include "http/request_id.hpp"
#include "http/request_reader.hpp"
#include "http/server.hpp"
#include "http/wire.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <list>
#include <memory>
#include <optional>
#include <string>

namespace dibs::http {

class connection;

/// What the connections of one server share.
struct shared_service {
    server_options options;
    router routes;
    server::counters counts;
    date_text date;
    request_id_maker ids{random_seed()};
    std::shared_ptr<asio::ssl::context> tls;  // of the connections to come
    std::optional<rate_limit> by_address;
    bool stopping = false;
    std::list<connection*> connections;
    virtual ~shared_service() = default;
    virtual void left() = 0;  ///< a connection has ended
};

/// One client's connection: reads requests, has them answered one after the other, and writes the answers of
/// those that arrived together in one piece, unless a handler keeps the next one waiting.
class connection : public std::enable_shared_from_this<connection> {
   public:
    connection(std::shared_ptr<shared_service> service, asio::ip::tcp::socket socket);
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;
    ~connection();

    enum class admission { served, turned_away };
    /// Keeps the connection alive until it ends.
    static void start(const std::shared_ptr<connection>& self, admission how);

    /// Ends what takes longer than it may.
    void look_after(steady::time_point now);
    /// Lets the connection end with the requests that have arrived.
    void finish();
    /// Closes the socket and cancels the handler.
    void cut();

   private:
    /// What the connection waits for, each with a patience of its own.
    enum class waiting {
        for_handshake,
        for_request,
        for_header,
        for_body,
        for_handler,
        for_stream,
        to_write,
        to_close
    };
    struct streamed;

    static task<void> run(std::shared_ptr<connection> self, admission how);
    task<void> shake_hands();
    task<void> serve();
    task<void> answer();
    void identify(request& asked);
    task<response> admit(const request& asked);
    void tell(const request& asked, int status) const;
    task<void> stream(const response& made, body_sent how);
    task<void> watch_for_leaving();
    task<void> receive();
    void receive_failed(boost::system::error_code why);
    void send_before_handler_waits();
    void send_what_is_ready();
    task<void> flush();
    task<void> linger();

    void wait(waiting what);
    std::chrono::milliseconds patience_for(waiting what) const;
    body_sent how_sent(const response& made, method asked) const;
    void append(const response& what, body_sent how);
    void refuse(int status, std::string detail);
    bool nothing_pending();
    bool is_last();
    void shut();

    std::shared_ptr<shared_service> service_;
    std::list<connection*>::iterator place_;
    wire wire_;
    asio::ip::address peer_;
    request_reader reader_;
    std::string out_;
    std::uint64_t answer_bytes_ = 0;     // of the answer that is made, with its stream
    std::uint64_t received_ = 0;         // bytes so far
    std::optional<std::uint64_t> owed_;  // those of them that had arrived when the server began to stop
    request_id_maker::text own_id_{};
    steady::time_point began_{};  // of the request that is answered, where somebody asks
    bool will_send_ = false;
    waiting waiting_ = waiting::for_request;
    deadline due_ = deadline::max();
    bool late_ = false;
    enum class course { goes_on, streams, closes, lingers, broken } course_ = course::goes_on;
    asio::cancellation_signal cut_;
};

}  // namespace dibs::http
