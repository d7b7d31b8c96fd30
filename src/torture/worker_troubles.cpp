#include "torture/troubles.hpp"

namespace dibs::torture {
namespace {

/// One worker of each crew at a time.
class on_workers : public troublemaker {
   public:
    explicit on_workers(const victims& who) : who_(who), chosen_(who.crews.size()) {}
    void make() override {
        for (std::size_t i = 0; i < chosen_.size(); ++i) {
            std::uniform_int_distribution<std::size_t> any(0, who_.crews[i].size() - 1);
            chosen_[i] = any(who_.random);
            strike(who_.crews[i], chosen_[i]);
        }
    }
    void heal() override {
        for (std::size_t i = 0; i < chosen_.size(); ++i) restore(who_.crews[i], chosen_[i]);
    }

   private:
    virtual void strike(crew& of, std::size_t which) = 0;
    virtual void restore(crew& of, std::size_t which) = 0;

    victims who_;
    std::vector<std::size_t> chosen_;
};

/// For two leases: the first ends the locks, and the waiters of the paused process have to be given up as
/// well before a queue goes on.
class pausing final : public on_workers {
   public:
    using on_workers::on_workers;

   private:
    void strike(crew& of, std::size_t which) override { of.pause(which); }
    void restore(crew& of, std::size_t which) override { of.resume(which); }
};

class killing final : public on_workers {
   public:
    using on_workers::on_workers;
    std::chrono::milliseconds length(std::chrono::milliseconds lease) const override { return lease / 2; }

   private:
    void strike(crew& of, std::size_t which) override { of.kill(which); }
    void restore(crew& of, std::size_t which) override { of.replace(which); }
};

}  // namespace

std::unique_ptr<troublemaker> trouble_with_workers(trouble what, const victims& who) {
    if (what == trouble::holder_paused) return std::make_unique<pausing>(who);
    if (what == trouble::holder_killed) return std::make_unique<killing>(who);
    return nullptr;
}

}  // namespace dibs::torture
