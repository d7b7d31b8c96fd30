#include "claims_bench/suite.hpp"

#include "claims_bench/throughput.hpp"
#include "claims_bench/waiting.hpp"

namespace dibs::claims_bench {
namespace {

measurement claims_of(const std::string& strategy) {
    return {{"claims_" + strategy},
            [strategy](stage& on) { return std::vector{measure_claims(on, strategy)}; }};
}

}  // namespace

const std::vector<measurement>& suite() {
    static const std::vector<measurement> all{
        claims_of("cas"),
        claims_of("database"),
        claims_of("queue"),
        claims_of("fencing"),
        claims_of("batch"),
        {{"claims_batch_p99"}, [](stage& on) { return std::vector{measure_paced(on)}; }},
        {{"claims_sold_out"}, [](stage& on) { return std::vector{measure_sold_out(on)}; }},
        {{"waiting_10000", "waiting_10000_kib"}, measure_waiting},
    };
    return all;
}

}  // namespace dibs::claims_bench
