// Grants that their owner hears of when they are over.
#include "core/task_group.hpp"
#include "core/timeout.hpp"
#include "fault/proxy.hpp"
#include "tests/support/lock_fixture.hpp"

#include <algorithm>

namespace dibs::tests {
namespace {

using namespace std::chrono_literals;

/// Its answers come later than the lease lasts.
class late_answer : public lock_test, public testing::WithParamInterface<std::string> {
   public:
    ~late_answer() override {
        locker_.reset();
        behind_.reset();
        run(relay_.stop());
    }

   protected:
    static constexpr auto lease = 60ms;

    late_answer() : relay_(io_.get_executor(), faults::endpoint_of(shared_servers().redis()), {}) {
        auto urls = urls_of(shared_servers());
        urls.redis = faults::url_through(relay_, shared_servers().redis());
        behind_ = std::make_unique<lock_servers>(io_.get_executor(), urls);
        locker_ = make_lock(GetParam(), behind_->for_lockers()).locker;
    }
    void slow_down() {
        faults::link_conditions slow;
        slow.latency = 2 * lease;
        relay_.set(faults::direction::to_client, slow);
    }

    faults::proxy relay_;
    std::unique_ptr<lock_servers> behind_;
    std::unique_ptr<locks::locker> locker_;
};

INSTANTIATE_TEST_SUITE_P(every_algorithm_on_one_redis, late_answer,
                         testing::Values("spinlock", "pubsub", "queue", "fencing"),
                         [](const auto& with) { return with.param; });

TEST_P(late_answer, brings_no_lock_that_is_over) {
    slow_down();
    EXPECT_FALSE(run(take(*locker_, 0ms, lease)));
    EXPECT_FALSE(run(take(*locker_, 3 * lease, lease)));
}

TEST_P(late_answer, is_asked_for_again) {
    slow_down();
    std::optional<std::optional<locks::lease>> got;
    task_group waiting(io_.get_executor());
    waiting.spawn(keep(take(*locker_, 20s, lease), got));
    io_.restart();
    io_.run_for(3 * lease);
    ASSERT_FALSE(got);
    relay_.heal();
    run(waiting.join());
    ASSERT_TRUE(got && *got);
    EXPECT_TRUE((*got)->valid());
    EXPECT_EQ(run((*got)->release()), release_outcome::released);
    const auto until = after(10s);
    while (!run(keys_left()).empty()) ASSERT_LT(steady::now(), until);
}

}  // namespace
}  // namespace dibs::tests
