#include "soak/blows.hpp"

#include <algorithm>
#include <array>
#include <random>

namespace dibs::soak {
namespace {

using namespace std::chrono_literals;
using kind = blow_kind;

/// Dealt again and again, each time in another order.
constexpr std::array deck{kind::kill_service,  kind::kill_service, kind::kill_service, kind::kill_redis,
                          kind::kill_redis,    kind::kill_master,  kind::kill_master,  kind::kill_postgres,
                          kind::kill_postgres, kind::pause_service};

struct bounds {
    std::chrono::milliseconds least;
    std::chrono::milliseconds most;
};

bounds length_of(kind what) {
    switch (what) {
        case kind::kill_service: return {0ms, 500ms};
        case kind::kill_redis: return {0ms, 1000ms};
        case kind::kill_master: return {0ms, 3000ms};
        case kind::kill_postgres: return {0ms, 500ms};
        case kind::pause_service: break;
    }
    return {500ms, 4000ms};
}

std::size_t victims_of(kind what, const blows_wanted& wanted) {
    switch (what) {
        case kind::kill_service:
        case kind::pause_service: return wanted.services;
        case kind::kill_master: return wanted.masters;
        case kind::kill_redis:
        case kind::kill_postgres: break;
    }
    return 1;
}

std::vector<kind> deal(std::size_t kills, std::mt19937_64& random) {
    std::vector<kind> dealt;
    for (std::size_t dealt_kills = 0; dealt_kills < kills;) {
        auto cards = deck;
        std::ranges::shuffle(cards, random);
        for (const auto card : cards) {
            if (dealt_kills == kills) break;
            dealt.push_back(card);
            dealt_kills += card == kind::pause_service ? 0 : 1;
        }
    }
    return dealt;
}

}  // namespace

std::string_view to_string(blow_kind what) {
    switch (what) {
        case kind::kill_service: return "service";
        case kind::kill_redis: return "redis";
        case kind::kill_master: return "master";
        case kind::kill_postgres: return "postgres";
        case kind::pause_service: break;
    }
    return "pause";
}

std::vector<blow> plan_blows(const blows_wanted& wanted) {
    std::mt19937_64 random(wanted.seed);
    const auto kinds = deal(wanted.kills, random);
    std::uniform_real_distribution<double> any(0, 1);
    std::vector<blow> planned;
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        const auto what = kinds[i];
        const auto [least, most] = length_of(what);
        blow next;
        next.what = what;
        next.which = std::uniform_int_distribution<std::size_t>(0, victims_of(what, wanted) - 1)(random);
        next.due = (static_cast<double>(i) + any(random)) / static_cast<double>(kinds.size());
        next.lasts = std::chrono::milliseconds(
            std::uniform_int_distribution<std::int64_t>(least.count(), most.count())(random));
        planned.push_back(next);
    }
    return planned;
}

}  // namespace dibs::soak
