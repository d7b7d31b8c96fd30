#include "load/burst.hpp"

#include "core/event.hpp"
#include "core/random.hpp"
#include "core/task_group.hpp"

#include <dibs/error.hpp>

#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace dibs::load {
namespace {

constexpr std::uint32_t signing_up_at_once = 32;

struct guest {
    visitor person;
    fresh_user user;
    std::string token;
};

/// Kept alive by its coroutines, which may outlive a burst that is cancelled.
class crowd : public std::enable_shared_from_this<crowd> {
   public:
    crowd(const asio::any_io_executor& executor, burst_options options)
        : options_(std::move(options)), group_(executor), go_(executor) {
        const std::string run = random_hex(6);
        guests_.reserve(options_.users);
        for (std::uint32_t number = 1; number <= options_.users; ++number)
            guests_.push_back({visitor(executor, options_.service, options_.does, unread_),
                               make_user(run, number, 0, options_.does.registration),
                               {}});
        result_.claims.resize(options_.users);
    }

    task<void> gather() {
        for (std::uint32_t i = 0; i < std::min(signing_up_at_once, options_.users); ++i)
            group_.spawn(sign_up_in_turn(shared_from_this()));
        co_await group_.join();
    }

    task<burst_result> release() {
        for (std::size_t i = 0; i < guests_.size(); ++i) group_.spawn(claim(i, shared_from_this()));
        go_.set();
        co_await group_.join();
        co_return std::move(result_);
    }

   private:
    task<void> sign_up_in_turn(std::shared_ptr<crowd> /*kept*/) {
        while (next_ < guests_.size()) {
            guest& joining = guests_[next_++];
            std::optional<std::string> token = co_await joining.person.sign_up(joining.user);
            if (!token)
                throw error(fault::refused, options_.service.describe(), "sign-up",
                            fmt::format("{} got no access token before the burst", joining.user.email));
            joining.token = *std::move(token);
        }
    }

    task<void> claim(std::size_t index, std::shared_ptr<crowd> /*kept*/) {
        co_await go_.wait();
        guest& claiming = guests_[index];
        burst_claim& done = result_.claims[index];
        done.email = claiming.user.email;
        done.result = co_await claiming.person.claim(claiming.token);
    }

    const burst_options options_;
    recorder unread_;
    std::vector<guest> guests_;
    std::size_t next_ = 0;
    burst_result result_;
    task_group group_;
    event go_;
};

}  // namespace

std::uint64_t burst_result::count(outcome what) const {
    return static_cast<std::uint64_t>(
        std::ranges::count(claims, what, [](const burst_claim& claim) { return claim.result.what; }));
}

task<burst_result> burst(burst_options options) {
    const auto executor = co_await asio::this_coro::executor;
    const auto everyone = std::make_shared<crowd>(executor, std::move(options));
    co_await everyone->gather();
    burst_result result = co_await everyone->release();
    co_return result;
}

}  // namespace dibs::load
