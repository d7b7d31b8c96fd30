#pragma once

#include "torture/troublemaker.hpp"

#include <functional>

/// The kinds of troublemakers, for make_troublemaker().
namespace dibs::torture {

/// How many leases a clock is set forward or back.
inline constexpr int clock_steps = 3;

/// Something that is over as soon as it is done.
class at_once final : public troublemaker {
   public:
    explicit at_once(std::function<void()> what) : what_(std::move(what)) {}
    void make() override { what_(); }
    void heal() override {}
    std::chrono::milliseconds length(std::chrono::milliseconds /*lease*/) const override {
        return std::chrono::milliseconds(0);
    }

   private:
    std::function<void()> what_;
};

class for_a_while final : public troublemaker {
   public:
    for_a_while(std::function<void()> begin, std::function<void()> end)
        : begin_(std::move(begin)), end_(std::move(end)) {}
    void make() override { begin_(); }
    void heal() override { end_(); }

   private:
    std::function<void()> begin_;
    std::function<void()> end_;
};

/// To those who use the locks. Null: it is none of these.
std::unique_ptr<troublemaker> trouble_with_workers(trouble what, const victims& who);
/// To the one Redis server, or on the way to it.
std::unique_ptr<troublemaker> trouble_with_redis(trouble what, const victims& who);
std::unique_ptr<troublemaker> trouble_with_postgres(trouble what, const victims& who);
std::unique_ptr<troublemaker> trouble_with_masters(trouble what, const victims& who);

}  // namespace dibs::torture
