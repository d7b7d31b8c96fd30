#pragma once

#include "core/asio.hpp"
#include "fault/conditions.hpp"

#include <deque>
#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace dibs::faults {

/// How a stream ends.
enum class ending {
    none,    ///< it goes on
    finish,  ///< the sender closed it
    reset    ///< the sender's host knows nothing of it any more
};

/// One direction of one connection: when which bytes come out, given when they went in. Without I/O and
/// without a clock; the same calls with the same seed give the same results.
class delay_line {
   public:
    /// What it holds at most, in bytes; with one piece that was taken and is being written, 64 KiB.
    static constexpr std::size_t capacity = std::size_t{48} << 10U;
    static constexpr std::size_t largest_piece = std::size_t{16} << 10U;

    delay_line(const link_conditions& conditions, std::uint64_t seed);

    /// What is under way arrives no later than if it had been sent now, under the new conditions.
    void change(const link_conditions& conditions, steady::time_point now);
    /// From now on it loses all, whatever the conditions are.
    void cut();

    /// How many bytes may be put in: 0 while it is full.
    std::size_t room() const;
    void put(std::string_view bytes, steady::time_point now);
    /// Behind all that was put in; a reset overtakes a finish that was not delivered.
    void end(ending how, steady::time_point now);

    /// When take() or ended() has something to say; empty: not before something is put in or changes.
    std::optional<steady::time_point> due() const;
    /// What comes out now, at most a slice; empty: nothing.
    std::string take(steady::time_point now);
    /// Its end, once everything before it was taken and it has come through.
    ending ended(steady::time_point now) const;

    /// Whether bytes, or an end, were lost.
    bool has_gap() const { return gap_; }
    std::uint64_t dropped() const { return dropped_; }

   private:
    struct piece {
        steady::time_point due;
        std::string bytes;
        std::size_t taken = 0;
    };

    bool loses() const { return cut_ || conditions_.hole == black_hole::drop; }
    steady::time_point arrival(steady::time_point now);
    void drop_all();

    link_conditions conditions_;
    std::mt19937_64 random_;
    std::deque<piece> pieces_;
    std::size_t held_ = 0;
    steady::time_point last_due_{};   // no later piece arrives before it
    steady::time_point next_slot_{};  // before it the rate lets nothing out
    ending end_ = ending::none;
    steady::time_point end_due_{};
    bool cut_ = false;
    bool gap_ = false;
    std::uint64_t dropped_ = 0;
};

}  // namespace dibs::faults
