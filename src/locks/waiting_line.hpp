#pragma once

#include "core/asio.hpp"
#include "core/wakeup.hpp"
#include "locks/grants.hpp"
#include "locks/redis_hold.hpp"
#include "locks/validity.hpp"
#include "locks/withdrawal.hpp"
#include "redis/subscriber.hpp"

#include <dibs/lock.hpp>

#include <cstdint>
#include <exception>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dibs::locks {

/// The waiters of this process that stand in one lock's queue: listens for their grants, keeps them alive by
/// heartbeats, which also bring the grants whose message was lost.
class waiting_line : public std::enable_shared_from_this<waiting_line> {
   public:
    waiting_line(asio::any_io_executor executor, grants scripts, message_source messages, lock_name name,
                 std::string process);

    /// A grant that was pushed.
    struct delivery {
        fencing_token first;
        std::int64_t tokens;
        deadline valid_until;
    };

    /// A waiter's place. However its wait ends, nothing of it is left in Redis: a place that was neither
    /// granted nor settled() is withdrawn in the background, and what it was granted meanwhile is released.
    class place {
       public:
        /// `owner` must outlive it.
        place(std::shared_ptr<waiting_line> line, const owner_id& owner, terms wanted);
        place(const place&) = delete;
        place& operator=(const place&) = delete;
        ~place();

        /// To be awaited once the server has said that it stands in the queue; what came of it is asked of
        /// take().
        wakeup& turn();
        /// Empty: it was not granted the lock. Throws dibs::error where the server does not answer the line.
        std::optional<redis_hold::grant> take();
        /// Nothing of it is left in the queue, or somebody else sees to it.
        void settled() { withdraw_ = false; }

       private:
        friend class waiting_line;
        std::shared_ptr<waiting_line> line_;
        const owner_id& owner_;
        terms wanted_;
        std::list<place*>::iterator at_;
        const std::uint64_t number_;
        std::uint64_t named_in_ = 0;  // the last heartbeat that did
        wakeup turn_;
        std::optional<delivery> granted_;
        bool waiting_ = true;
        bool standing_ = false;  // in the queue, as far as the server has told
        bool withdraw_ = true;
    };

    grants& scripts() { return scripts_; }

    /// Throws dibs::error (exhausted) where as many wait as may.
    void admit() const;

    /// What an answer to a request sent at `sent` tells of the server's clock and the present holder.
    void observe(deadline sent, const attempt& answer);

    /// A pushed grant lasts a second at most: while it is held, the next heartbeat brings its full lease.
    void confirm_later(const std::shared_ptr<redis_hold>& held);

    /// The server can be asked no more: every wait ends with fault::closed.
    void closed();

   private:
    /// Throws the last failure of those who ask the server, or that it has not answered them for a while.
    void require_answer() const;
    void attend();
    void attend_to_messages();
    static task<void> keep_alive(std::shared_ptr<waiting_line> line);
    void failed();
    static task<void> listen(std::shared_ptr<waiting_line> line);
    task<void> subscribe();
    task<void> beat();
    task<bool> beat_with(std::vector<std::string> entries);
    std::vector<std::string> next_of_round(std::size_t count, std::uint64_t newest);
    std::vector<std::string> named_and_there() const;
    void beat_by(deadline latest);
    task<void> confirm();
    void granted_by_message(std::string_view payload);
    void deliver(std::string_view owner, const delivery& given);
    bool needed();

    asio::any_io_executor executor_;
    grants scripts_;
    message_source messages_;
    lock_name name_;
    std::string process_;
    std::string channel_;
    redis::subscription subscription_;
    std::list<place*> places_;
    std::weak_ptr<redis_hold> unconfirmed_;
    std::uint64_t confirmations_ = 0;  // of that one, that were asked for
    server_clock clock_;
    std::shared_ptr<withdrawals> withdrawals_;
    wakeup beat_now_;
    deadline next_beat_ = deadline::max();
    std::uint64_t heartbeats_ = 0;
    std::uint64_t round_ = 0;  // the number of its first heartbeat
    std::uint64_t places_made_ = 0;
    std::uint64_t connection_ = 0;  // that the last heartbeat went out on
    deadline clean_until_;          // what was lost, at the latest
    bool closed_ = false;
    bool attended_ = false;
    bool listening_ = false;                    // or trying to
    std::exception_ptr trouble_;                // of the last heartbeat, until one succeeds
    std::optional<deadline> unanswered_since_;  // one is under way
};

}  // namespace dibs::locks
