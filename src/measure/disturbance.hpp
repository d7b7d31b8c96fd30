#pragma once

#include <chrono>
#include <cstddef>
#include <thread>

/// Measurements that say more of the virtual machine's host than of what was measured.
namespace dibs::measure {

/// Of the processors' time, taken by the host: what is measured meanwhile counts as disturbed beyond it. A
/// host that leaves a machine alone takes less than a hundredth.
inline constexpr double disturbing_share = 0.03;

/// How much of the machine its host has taken since this was made.
class host_watch {
   public:
    host_watch();
    /// Of the time of all processors, 0 to 1; in steps of the kernel's ticks, of 10 ms as a rule.
    double stolen_share() const;

   private:
    std::chrono::nanoseconds stolen_before_;
    std::chrono::steady_clock::time_point since_;
};

/// What became of the disturbed ones.
struct retake_count {
    std::size_t again = 0;  ///< measured again
    std::size_t kept = 0;   ///< because too many had been
};

/// Measures again what was disturbed, so many times in all; what is disturbed after that is kept.
class retakes {
   public:
    /// What the host runs beside us goes on for seconds: `pause` lies before each that is taken again.
    explicit retakes(std::size_t spare, std::chrono::milliseconds pause = std::chrono::seconds(1))
        : spare_(spare), pause_(pause) {}

    /// The last of them. `Watch` is made before each, and asked after it.
    template <class Watch = host_watch, class Measure>
    auto undisturbed(const Measure& once) {
        for (;;) {
            const Watch host;
            auto found = once();
            if (!again(host.stolen_share())) return found;
            std::this_thread::sleep_for(pause_);
        }
    }

    /// Whether what was measured while the host took that share is to be measured again.
    bool again(double stolen_share);

    const retake_count& count() const { return count_; }

   private:
    std::size_t spare_;
    std::chrono::milliseconds pause_;
    retake_count count_;
};

}  // namespace dibs::measure
