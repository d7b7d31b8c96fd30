#pragma once

#include "check/verdict.hpp"

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

/// Histories that are right by their making, before they are written down as events, so that one thing in
/// them can be falsified.
namespace dibs::check {

class dice {
   public:
    explicit dice(std::uint64_t seed) : random_(seed) {}

    std::int64_t any(std::int64_t from, std::int64_t to) {
        return std::uniform_int_distribution<std::int64_t>(from, to)(random_);
    }
    bool once_in(std::int64_t times) { return any(1, times) == 1; }
    template <class T>
    T& one_of(std::vector<T>& all) {
        return all.at(static_cast<std::size_t>(any(0, static_cast<std::int64_t>(all.size()) - 1)));
    }

   private:
    std::mt19937_64 random_;
};

/// One lock, a queue: what its users did, in the order of the grants.
struct lock_story {
    struct write {
        std::int64_t at;
        history::phase how;
        std::uint64_t number;  ///< where it was accepted
    };
    struct visit {
        std::uint64_t process;
        std::string owner;
        std::uint64_t token;
        std::int64_t asked;
        std::int64_t granted;
        std::vector<write> writes;
        std::optional<std::int64_t> released;  ///< empty: the holder died
    };
    struct miss {  ///< an acquire that came to nothing
        std::int64_t asked;
        std::optional<history::phase> how;  ///< empty: its process died
    };
    std::string name;
    std::vector<visit> visits;
    std::vector<miss> misses;
};

/// Operations are numbered from `operation`, which is left behind the last.
void append_events(events& to, const lock_story& told, std::uint64_t& operation);
lock_story any_lock(dice& random, std::string name, std::size_t visits);

/// One coupon and those who claim it.
struct coupon_story {
    struct attempt {
        std::string user;
        std::string key;
        std::int64_t begin;
        std::int64_t end;
        std::optional<history::phase> how;  ///< empty: its process died
        std::string value;                  ///< of the completion
    };
    struct piece {
        std::string user;
        std::string key;
        std::int64_t id;
    };
    std::string coupon;
    std::int64_t stock = 0;
    std::vector<attempt> attempts;
    std::vector<piece> pieces;
    std::int64_t surveyed = 0;

    std::string value_of(const piece& one) const { return one.key + ' ' + std::to_string(one.id); }
};

void append_events(events& to, const coupon_story& told, std::uint64_t& operation);
coupon_story any_coupon(dice& random, std::string coupon, std::size_t users);

template <class Story>
events events_of(const Story& told) {
    events all;
    std::uint64_t operation = 0;
    append_events(all, told, operation);
    return all;
}

/// By time, as a reader has them.
void sort(events& all);

}  // namespace dibs::check
