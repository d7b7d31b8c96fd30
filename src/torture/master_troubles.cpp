#include "torture/troubles.hpp"

#include <algorithm>
#include <numeric>
#include <thread>

namespace dibs::torture {
namespace {

using act = std::function<void(std::size_t)>;

/// A master and one of the ways in which it fails.
struct failing {
    std::size_t master;
    enum class way { killed, hung, cut_off } how;
};

class chosen_masters {
   public:
    explicit chosen_masters(std::mt19937_64& random) : random_(random) {
        std::iota(order_.begin(), order_.end(), 0);
    }
    void choose() { std::ranges::shuffle(order_, random_); }
    std::size_t operator[](std::size_t which) const { return order_.at(which); }

   private:
    std::mt19937_64& random_;
    std::array<std::size_t, scene::masters> order_{};
};

/// Some of the five, all in one way.
class on_masters final : public troublemaker {
   public:
    on_masters(const victims& who, std::size_t count, act begin, act end)
        : chosen_(who.random), count_(count), begin_(std::move(begin)), end_(std::move(end)) {}
    void make() override {
        chosen_.choose();
        for (std::size_t i = 0; i < count_; ++i) begin_(chosen_[i]);
    }
    void heal() override {
        for (std::size_t i = 0; i < count_; ++i) end_(chosen_[i]);
    }

   private:
    chosen_masters chosen_;
    std::size_t count_;
    act begin_;
    act end_;
};

/// Two at a time, each in a way of its own: one after the other goes, one comes back and a third goes, and in
/// the end all are back. Whoever goes stays away for more than a lease.
class failing_in_turn final : public troublemaker {
   public:
    explicit failing_in_turn(const victims& who) : who_(who), chosen_(who.random) {}
    void make() override {
        chosen_.choose();
        strike(0);
        std::this_thread::sleep_for(any_time());
        strike(1);
    }
    void heal() override {
        restore(0);
        std::this_thread::sleep_for(any_time());
        strike(2);
        std::this_thread::sleep_for(who_.lease * 6 / 5);
        restore(1);
        restore(2);
    }

   private:
    std::chrono::milliseconds any_time() {
        return std::chrono::milliseconds(
            std::uniform_int_distribution<std::int64_t>(0, who_.lease.count() / 2)(who_.random));
    }
    void strike(std::size_t which) {
        auto& one = struck_.at(which);
        one = {chosen_[which], static_cast<failing::way>(std::uniform_int_distribution(0, 2)(who_.random))};
        switch (one.how) {
            case failing::way::killed: return who_.servers.master(one.master).kill();
            case failing::way::hung: return who_.servers.master(one.master).signal(SIGSTOP);
            case failing::way::cut_off:
                faults::link_conditions dead;
                dead.hole = faults::black_hole::drop;
                return who_.servers.front_of_master(one.master).change([&](faults::proxy& link) {
                    link.set(dead);
                });
        }
    }
    void restore(std::size_t which) {
        const auto& one = struck_.at(which);
        switch (one.how) {
            case failing::way::killed: return who_.servers.master(one.master).start();
            case failing::way::hung: return who_.servers.master(one.master).signal(SIGCONT);
            case failing::way::cut_off:
                return who_.servers.front_of_master(one.master).change([](faults::proxy& link) {
                    link.heal();
                });
        }
    }

    victims who_;
    chosen_masters chosen_;
    std::array<failing, 3> struck_{};
};

}  // namespace

std::unique_ptr<troublemaker> trouble_with_masters(trouble what, const victims& who) {
    auto& where = who.servers;
    const auto signal = [&where](int number) {
        return [&where, number](std::size_t which) { where.master(which).signal(number); };
    };
    const auto kill = [&where](std::size_t which) { where.master(which).kill(); };
    const auto start = [&where](std::size_t which) { where.master(which).start(); };
    const auto shift = [&where](std::chrono::milliseconds by) {
        return [&where, by](std::size_t which) { where.clock_of_master(which).shift(by); };
    };
    switch (what) {
        case trouble::masters_hung:
            return std::make_unique<on_masters>(who, 2, signal(SIGSTOP), signal(SIGCONT));
        case trouble::masters_killed: return std::make_unique<on_masters>(who, 2, kill, start);
        case trouble::masters_failing: return std::make_unique<failing_in_turn>(who);
        case trouble::masters_forgetful: {
            const auto restart = [kill, start](std::size_t which) {
                kill(which);
                start(which);
            };
            return std::make_unique<on_masters>(who, 3, restart, [](std::size_t) {});
        }
        case trouble::clocks_forward:
            return std::make_unique<on_masters>(who, 3, shift(clock_steps * who.lease),
                                                shift(std::chrono::milliseconds(0)));
        default: return nullptr;
    }
}

}  // namespace dibs::torture
