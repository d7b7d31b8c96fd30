#pragma once

#include "core/asio.hpp"
#include "http/answer_text.hpp"
#include "http/problem.hpp"
#include "http/request_reader.hpp"
#include "http/server.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <list>
#include <memory>
#include <string>

namespace dibs::http {

class connection;

/// What the connections of one server share.
struct shared_service {
    server_options options;
    router routes;
    server::counters counts;
    date_text date;
    bool stopping = false;
    std::list<connection*> connections;
    virtual void left() = 0;  ///< a connection has ended

   protected:
    virtual ~shared_service() = default;
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
    enum class waiting { for_request, for_header, for_body, for_handler, to_write, to_close };

    static task<void> run(std::shared_ptr<connection> self, admission how);
    task<void> serve();
    task<void> answer();
    task<void> receive();
    void receive_failed(boost::system::error_code why);
    void send_before_handler_waits();
    void send_what_is_ready();
    task<void> flush();
    task<void> linger();

    void wait(waiting what);
    std::chrono::milliseconds patience_for(waiting what) const;
    void append(const response& what, body_sent how);
    void refuse(int status, std::string detail);
    bool nothing_pending();
    void shut();

    std::shared_ptr<shared_service> service_;
    std::list<connection*>::iterator place_;
    asio::ip::tcp::socket socket_;
    request_reader reader_;
    std::string out_;
    bool will_send_ = false;
    waiting waiting_ = waiting::for_request;
    deadline due_ = deadline::max();
    bool late_ = false;
    enum class course { goes_on, closes, lingers, broken } course_ = course::goes_on;
    asio::cancellation_signal cut_;
};

}  // namespace dibs::http
