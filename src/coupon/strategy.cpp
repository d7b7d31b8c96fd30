#include "coupon/strategy.hpp"

namespace dibs::coupon {

std::optional<algorithm> lock_of(strategy kind) {
    switch (kind) {
        case strategy::database: return algorithm::database;
        case strategy::spinlock: return algorithm::spinlock;
        case strategy::pubsub: return algorithm::pubsub;
        case strategy::queue: return algorithm::queue;
        case strategy::fencing: return algorithm::fencing;
        case strategy::redlock: return algorithm::redlock;
        case strategy::cas:
        case strategy::batch: break;
    }
    return std::nullopt;
}

std::string_view to_string(strategy kind) {
    if (const auto lock = lock_of(kind)) return dibs::to_string(*lock);
    return kind == strategy::cas ? "cas" : "batch";
}

std::optional<strategy> strategy_from(std::string_view word) {
    for (const auto kind : all_strategies)
        if (word == to_string(kind)) return kind;
    return std::nullopt;
}

}  // namespace dibs::coupon
