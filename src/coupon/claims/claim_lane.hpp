#pragma once

#include "core/asio.hpp"
#include "core/spawn.hpp"
#include "coupon/claims/lane_answer.hpp"
#include "coupon/rules.hpp"

#include <dibs/error.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace dibs::coupon {

/// Claims of one coupon that arrive while a round trip is under way go out together in the next: nobody waits
/// for company, and the more arrive the more go together. Where those of the last trip had company, the next
/// may first be made ready for, and takes along who comes meanwhile. One executor.
template <class Answer>
class claim_lane : public std::enable_shared_from_this<claim_lane<Answer>> {
   public:
    using answers = std::vector<lane_answer<Answer>>;
    /// Makes the claims in one round trip; one answer each, in their order. What it throws, all of them
    /// failed with.
    using round_trip = std::function<task<answers>(std::vector<claim_request>)>;
    /// Makes ready for a round trip that goes without it too: what it throws is forgotten.
    using preparation = std::function<task<void>()>;

    struct limits {
        std::size_t together = 256;
        bool one_per_user = false;  ///< a user's second claim waits for the next round trip
    };

    claim_lane(asio::any_io_executor executor, limits allowed, round_trip carry_out,
               preparation make_ready = nullptr)
        : executor_(std::move(executor)),
          allowed_(allowed),
          carry_out_(std::move(carry_out)),
          make_ready_(std::move(make_ready)) {}

    /// Throws what the round trip failed with, and dibs::error (exhausted) where none took the claim along
    /// before the deadline. What is under way is waited for.
    static task<Answer> claim(std::shared_ptr<claim_lane> self, claim_request request, deadline until) {
        const auto mine = std::make_shared<place>(self->executor_, std::move(request), until);
        self->waiting_.push_back(mine);
        if (!std::exchange(self->running_, true)) {
            mine->stands = place::at::under_way;  // there is nothing to wait for
            spawn(self->executor_, run(self));
        }
        co_await ended(*mine);
        if (mine->answer.failed) std::rethrow_exception(mine->answer.failed);
        co_return std::move(mine->answer.made).value();
    }

    bool idle() const { return !running_; }
    /// Whether the last round trip had more than one claim.
    bool crowded() const { return crowded_; }

   private:
    struct place {
        enum class at { waiting, under_way, answered, given_up };
        place(const asio::any_io_executor& executor, claim_request asked, deadline until)
            : request(std::move(asked)), timer(executor, until) {}
        void end() {
            stands = at::answered;
            timer.cancel();
        }
        claim_request request;
        lane_answer<Answer> answer;
        at stands = at::waiting;
        asio::steady_timer timer;  // cancelled when it is answered
    };
    using places = std::vector<std::shared_ptr<place>>;

    /// By one timer, for each claim passes here: with_timeout() would start two coroutines.
    static task<void> ended(place& mine) {
        using at = typename place::at;
        boost::system::error_code woken;
        while (mine.stands != at::answered) {
            co_await mine.timer.async_wait(asio::redirect_error(asio::use_awaitable, woken));
            if (mine.stands == at::answered) break;
            if (mine.stands == at::waiting) mine.stands = at::given_up;
            if (woken) throw boost::system::system_error(asio::error::operation_aborted);
            if (mine.stands == at::given_up)
                throw error(fault::exhausted, "dibs serve", mine.request.coupon, "no turn came in time");
            mine.timer.expires_at(deadline::max());
        }
    }

    static task<void> run(std::shared_ptr<claim_lane> self) {
        for (places next = self->take(); !next.empty(); next = self->take()) {
            if (self->crowded_) {
                // Who is made ready for goes, so that what was made ready is used.
                co_await self->make_ready();
                self->take_along(next);
            }
            self->crowded_ = next.size() > 1;
            co_await self->serve(next);
            // They resume once the next round trip is on its way.
            for (const auto& one : next) one->end();
        }
        self->running_ = false;
    }

    task<void> make_ready() {
        if (!make_ready_) co_return;
        try {
            co_await make_ready_();
        } catch (...) {  // the round trip itself tells what is wrong
        }
    }

    task<void> serve(const places& all) {
        std::vector<claim_request> requests;
        for (const auto& one : all) requests.push_back(one->request);
        std::exception_ptr failed;
        try {
            auto made = co_await carry_out_(std::move(requests));
            for (std::size_t i = 0; i < all.size(); ++i) all[i]->answer = std::move(made[i]);
        } catch (...) {
            failed = std::current_exception();
        }
        if (!failed) co_return;
        for (const auto& one : all) one->answer.failed = failed;
    }

    places take() {
        places taken;
        take_along(taken);
        return taken;
    }

    /// Adds to these who may go with them, and forgets who has given up.
    void take_along(places& taken) {
        std::deque<std::shared_ptr<place>> left;
        std::set<user_id> users;
        for (const auto& one : taken) users.insert(one->request.user);
        for (auto& one : waiting_) {
            if (one->stands == place::at::given_up) continue;
            const bool fits = taken.size() < allowed_.together &&
                              (!allowed_.one_per_user || users.insert(one->request.user).second);
            if (fits) {
                one->stands = place::at::under_way;
                taken.push_back(std::move(one));
            } else {
                left.push_back(std::move(one));
            }
        }
        waiting_ = std::move(left);
    }

    asio::any_io_executor executor_;
    limits allowed_;
    round_trip carry_out_;
    preparation make_ready_;
    std::deque<std::shared_ptr<place>> waiting_;
    bool running_ = false;
    bool crowded_ = false;
};

}  // namespace dibs::coupon
