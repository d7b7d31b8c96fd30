#include "measure/suite.hpp"

#include "measure/commands.hpp"
#include "measure/contention.hpp"
#include "measure/cycles.hpp"
#include "measure/many_waiters.hpp"
#include "measure/pipelined.hpp"
#include "measure/redlock_cycles.hpp"

namespace dibs::measure {
namespace {

using figures = std::vector<figure>;

figures fair_crowd(const suite_setting& on, algorithm kind) {
    auto found = measure_crowd(on.servers.redis_url(), on.users, kind, on.crowd_repeats);
    return {std::move(found.wait_p99), std::move(found.wait_max), std::move(found.jain)};
}

figures busy_crowd(const suite_setting& on, algorithm kind) {
    return {measure_crowd(on.servers.redis_url(), on.users, kind, on.crowd_repeats).utilisation};
}

figures many_waiters(const suite_setting& on) {
    auto found = measure_many_waiters(on.servers, on.repeats);
    return {std::move(found.all_wait), std::move(found.half_time_out)};
}

}  // namespace

const std::vector<measurement>& suite() {
    using on_servers = const suite_setting&;
    static const std::vector<measurement> all{
        {{"cycle_spinlock"},
         [](on_servers on) -> figures {
             return {measure_cycle(on.servers, algorithm::spinlock, on.repeats)};
         }},
        {{"cycle_queue"},
         [](on_servers on) -> figures { return {measure_cycle(on.servers, algorithm::queue, on.repeats)}; }},
        {{"cycle_blocking"},
         [](on_servers on) -> figures { return {measure_blocking_cycle(on.servers, on.repeats)}; }},
        {{"cycle_pipelined"},
         [](on_servers on) -> figures { return {measure_pipelined_cycles(on.servers, on.repeats)}; }},
        {{"handoff_remote", "handoff_remote_scripts"},
         [](on_servers on) { return measure_remote_handoff(on.servers, on.users, on.repeats); }},
        {{"handoff_local"},
         [](on_servers on) -> figures { return {measure_local_handoff(on.servers, on.repeats)}; }},
        {{"wait_p99_queue", "wait_max_queue", "jain_queue"},
         [](on_servers on) { return fair_crowd(on, algorithm::queue); }},
        {{"wait_p99_fencing", "wait_max_fencing", "jain_fencing"},
         [](on_servers on) { return fair_crowd(on, algorithm::fencing); }},
        {{"gap_queue"},
         [](on_servers on) -> figures {
             return {measure_gap(on.servers.redis_url(), on.users, on.crowd_repeats)};
         }},
        {{"utilisation_pubsub"}, [](on_servers on) { return busy_crowd(on, algorithm::pubsub); }},
        {{"utilisation_spinlock"}, [](on_servers on) { return busy_crowd(on, algorithm::spinlock); }},
        {{"waiters_10000", "waiters_10000_cancelled"}, many_waiters},
        {{"bytes_per_waiter"},
         [](on_servers on) -> figures { return {measure_memory(on.servers, on.users)}; }},
        {{"redlock_cycle"},
         [](on_servers on) -> figures { return {measure_redlock_cycle(on.servers, on.repeats)}; }},
        {{"redlock_one_hung"},
         [](on_servers on) -> figures {
             return {measure_redlock_with_hung(on.servers, {"redlock_one_hung", "us"}, 1, on.repeats)};
         }},
        {{"redlock_two_hung"},
         [](on_servers on) -> figures {
             return {measure_redlock_with_hung(on.servers, {"redlock_two_hung", "us"}, 2, on.repeats)};
         }},
        {{"redlock_two_dead"},
         [](on_servers on) -> figures {
             return {measure_redlock_with_dead(on.servers, {"redlock_two_dead", "us"}, 2, on.repeats)};
         }},
        {{"redlock_two_black_holed"},
         [](on_servers on) -> figures {
             return {measure_redlock_with_black_holed(on.servers, {"redlock_two_black_holed", "us"}, 2,
                                                      on.repeats)};
         }},
        {{"commands_per_cycle"}, [](on_servers on) -> figures { return {measure_commands(on.servers)}; }},
        {{"commands_per_cycle_redlock"},
         [](on_servers on) -> figures { return {measure_redlock_commands(on.servers)}; }},
    };
    return all;
}

}  // namespace dibs::measure
