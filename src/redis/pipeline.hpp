#pragma once

#include "core/asio.hpp"
#include "redis/command.hpp"
#include "redis/decoder.hpp"
#include "redis/reply.hpp"

#include <dibs/error.hpp>

#include <boost/intrusive/list.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace dibs::redis {

/// A command on its way. It stays in place from pipeline::add until it has ended or was given up.
class request : public boost::intrusive::list_base_hook<> {
   public:
    request(command to_send, deadline to_wait) : what(std::move(to_send)), until(to_wait) {}

    command what;
    deadline until;

   private:
    friend class pipeline;
    enum class place { outside, queue, sent } place_ = place::outside;
    std::uint64_t number_ = 0;  // among those sent
};

struct failure {
    fault kind;
    std::string cause;
};

/// What became of a request: a reply (of any kind), or why there is none.
struct outcome {
    request* who;
    std::variant<reply, failure> result;
};
using outcomes = std::vector<outcome>;

struct pipeline_limits {
    std::size_t max_requests;
    std::size_t max_reply_size;
    steady::duration silence;
};

/// The protocol of one connection without its I/O: requests wait in a queue, are handed out as bytes to
/// write, and are matched with the replies in their order. A request that was given up after it was sent
/// leaves a gap that swallows its reply, so that the others stay aligned. Ended requests are appended to
/// `ended`; nothing is called back.
class pipeline {
   public:
    explicit pipeline(const pipeline_limits& limits);

    /// False: the bound is reached, and the request was not taken.
    [[nodiscard]] bool add(request& asked);
    /// Its sender no longer waits: unsent, it leaves the queue; sent, a gap takes its place. It does not end.
    void give_up(request& asked);

    /// What to write next; empty when there is nothing. All that is queued goes into one piece, up to a
    /// bound.
    std::string_view output();
    /// The first `bytes` of the output are on their way.
    void written(std::size_t bytes);
    /// Bytes came in. Throws protocol_error, after having told of the replies before the bad one.
    void feed(std::string_view bytes, outcomes& ended);

    /// The connection is gone: what was sent is in doubt, the rest goes back to the queue.
    void lose(const std::string& cause, outcomes& ended);
    /// There will be no connection, for example because the password is wrong.
    void refuse_queued(const failure& why, outcomes& ended);
    /// Why there is no connection yet: told to those whose deadline passes meanwhile.
    void set_obstacle(std::string why) { obstacle_ = std::move(why); }

    /// Ends those whose deadline has come: unavailable in the queue, timeout once sent.
    void expire(deadline now, outcomes& ended);
    /// When to call expire() next; deadline::max() when there is no need.
    deadline next_expiry() const { return next_expiry_; }
    /// The server owes a reply that nobody waits for any more, whoever waits for those before it, and has
    /// said nothing for the limit. As of expire().
    bool silent() const { return silent_; }

    bool has_queued() const { return !queue_.empty(); }
    std::size_t outstanding() const { return queue_.size() + sent_.size(); }

   private:
    struct sent_request {
        request* who;  // null: given up
        std::uint64_t starts_at;
    };
    void stage(request& asked);
    void end_sent(sent_request& entry, failure why, outcomes& ended);
    void watch_silence(deadline now);

    pipeline_limits limits_;
    decoder decoder_;
    boost::intrusive::list<request> queue_;
    std::deque<sent_request> sent_;      // handed out as output, in the order of the replies
    std::uint64_t first_number_ = 0;     // of sent_.front()
    std::string output_;                 // staged, partly written
    std::size_t output_position_ = 0;    // how much of it is written
    std::uint64_t stream_position_ = 0;  // bytes written on this connection
    std::string obstacle_;
    deadline next_expiry_ = deadline::max();
    std::optional<deadline> quiet_since_;
    bool heard_ = false;  // since the last expire()
    bool silent_ = false;
};

}  // namespace dibs::redis
