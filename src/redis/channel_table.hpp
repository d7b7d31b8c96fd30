#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace dibs::redis::detail {

struct listener;
using listeners = std::vector<std::shared_ptr<listener>>;

/// Who listens to which channel, and what the server has been asked and has confirmed. No I/O: it says what
/// to send.
///
/// A channel counts as confirmed when the server has answered every SUBSCRIBE of it on this connection: the
/// answer to one that an UNSUBSCRIBE followed says nothing. Each SUBSCRIBE names one channel, so that errors
/// can be told apart.
class channel_table {
   public:
    /// True: send SUBSCRIBE.
    bool add(const std::string& channel, std::shared_ptr<listener> who);
    /// True: send UNSUBSCRIBE.
    bool remove(const std::string& channel, const listener& who);
    bool confirmed(const std::string& channel) const;

    /// A message came in; these hear it. Empty for a channel that was left meanwhile.
    listeners audience(const std::string& channel) const;
    /// The server confirmed a SUBSCRIBE: those whom this makes listen.
    listeners confirm(const std::string& channel);
    /// The server answered the oldest unanswered SUBSCRIBE with an error: those who cannot listen.
    listeners refuse();

    /// A connection was made: the channels to SUBSCRIBE to.
    std::vector<std::string> connect();
    void disconnect();

    /// Channels that somebody listens to.
    std::size_t size() const { return wanted_; }
    /// Everybody leaves.
    listeners clear();

   private:
    struct subscribers {
        listeners who;
        std::size_t unanswered = 0;  // SUBSCRIBEs of this connection
    };
    bool connected_ = false;
    std::size_t wanted_ = 0;
    std::unordered_map<std::string, subscribers> channels_;
    std::deque<std::string> asked_;  // SUBSCRIBEs in the order of their answers
};

}  // namespace dibs::redis::detail
