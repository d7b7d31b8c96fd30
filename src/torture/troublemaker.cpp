#include "torture/troublemaker.hpp"

#include "torture/admin.hpp"

#include <algorithm>
#include <array>
#include <future>
#include <numeric>
#include <thread>
#include <utility>

namespace dibs::torture {
namespace {

using namespace std::chrono_literals;

std::size_t any_below(std::size_t count, std::mt19937_64& random) {
    return std::uniform_int_distribution<std::size_t>(0, count - 1)(random);
}

class no_trouble final : public troublemaker {
   public:
    void make() override {}
    void heal() override {}
};

/// One worker of each crew at a time.
class on_workers : public troublemaker {
   public:
    explicit on_workers(victims who) : who_(who), chosen_(who.crews.size()) {}
    void make() override {
        for (std::size_t i = 0; i < chosen_.size(); ++i) {
            chosen_[i] = any_below(who_.crews[i].size(), who_.random);
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

class pausing final : public on_workers {
   public:
    using on_workers::on_workers;
    std::chrono::milliseconds length(std::chrono::milliseconds lease) const override {
        return lease * 13 / 10;
    }

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

/// Something that is over as soon as it is done.
class at_once final : public troublemaker {
   public:
    explicit at_once(std::function<void()> what) : what_(std::move(what)) {}
    void make() override { what_(); }
    void heal() override {}
    std::chrono::milliseconds length(std::chrono::milliseconds /*lease*/) const override { return 0ms; }

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

class filling final : public troublemaker {
   public:
    explicit filling(scene& where) : where_(where) {}
    void make() override {
        // A server with room for some hundred keys is written ten times as many: what was there is gone.
        constexpr auto fill = R"lua(
            for i = 1, 4000 do redis.call('SET', 'filler:' .. i, string.rep('x', 10000)) end)lua";
        configure("maxmemory-policy", "allkeys-random");
        configure("maxmemory", "5mb");
        ask(url(), redis::command("EVAL").arg(fill).arg("0"));
    }
    void heal() override {
        constexpr auto empty = "for i = 1, 4000 do redis.call('DEL', 'filler:' .. i) end";
        configure("maxmemory", "0");
        ask(url(), redis::command("EVAL").arg(empty).arg("0"));
    }
    std::chrono::milliseconds length(std::chrono::milliseconds /*lease*/) const override { return 0ms; }

   private:
    std::string url() const { return where_.redis().url(); }
    void configure(std::string_view what, std::string_view value) {
        ask(url(), redis::command("CONFIG").arg("SET").arg(what).arg(value));
    }
    scene& where_;
};

class busy_script final : public troublemaker {
   public:
    explicit busy_script(scene& where) : where_(where) {}
    void make() override {
        ask(where_.redis().url(), redis::command("CONFIG").arg("SET").arg("busy-reply-threshold").arg(50));
        running_ = std::async(std::launch::async, [url = where_.redis().url()] {
            try {
                ask(url, redis::command("EVAL").arg("while true do end").arg("0"));
            } catch (const std::exception&) {  // it was killed
            }
        });
    }
    void heal() override {
        ask(where_.redis().url(), redis::command("SCRIPT").arg("KILL"));
        running_.get();
    }

   private:
    scene& where_;
    std::future<void> running_;
};

/// Some of redlock's five.
class on_masters final : public troublemaker {
   public:
    using act = std::function<void(sandbox::redis_server&)>;
    on_masters(victims who, std::size_t count, act begin, act end)
        : who_(who), count_(count), begin_(std::move(begin)), end_(std::move(end)) {}
    void make() override {
        std::iota(order_.begin(), order_.end(), 0);
        std::ranges::shuffle(order_, who_.random);
        for_each(begin_);
    }
    void heal() override { for_each(end_); }

   private:
    void for_each(const act& what) {
        for (std::size_t i = 0; i < count_; ++i) what(who_.servers.box().redis_master(order_[i]));
    }
    victims who_;
    std::size_t count_;
    act begin_;
    act end_;
    std::array<std::size_t, 5> order_{};
};

std::unique_ptr<troublemaker> on_link(scene& where, const std::function<void(faults::proxy&)>& begin) {
    return std::make_unique<for_a_while>(
        [&where, begin] { where.front().change(begin); },
        [&where] { where.front().change([](faults::proxy& link) { link.heal(); }); });
}

void slow_down(faults::proxy& link) {
    faults::link_conditions slow;
    slow.latency = 5ms;
    slow.jitter = 10ms;
    slow.slice = 7;
    link.set(slow);
}

void swallow(faults::proxy& link) {
    faults::link_conditions dead;
    dead.hole = faults::black_hole::drop;
    link.set(dead);
}

void restart(sandbox::redis_server& server) {
    server.kill();
    server.start();
}

}  // namespace

std::unique_ptr<troublemaker> make_troublemaker(trouble what, victims who) {
    auto& where = who.servers;
    const auto tell_redis = [&where](redis::command words) {
        return std::make_unique<at_once>([&where, words] { ask(where.redis().url(), words); });
    };
    const auto stop = [](sandbox::redis_server& one) { one.signal(SIGSTOP); };
    const auto go_on = [](sandbox::redis_server& one) { one.signal(SIGCONT); };
    const auto kill = [](sandbox::redis_server& one) { one.kill(); };
    const auto start = [](sandbox::redis_server& one) { one.start(); };
    switch (what) {
        case trouble::none: break;
        case trouble::holder_paused: return std::make_unique<pausing>(who);
        case trouble::holder_killed: return std::make_unique<killing>(who);
        case trouble::redis_restarted: return std::make_unique<at_once>([&where] { restart(where.redis()); });
        case trouble::redis_paused:
            return std::make_unique<for_a_while>([&where, stop] { stop(where.redis()); },
                                                 [&where, go_on] { go_on(where.redis()); });
        case trouble::flushall: return tell_redis(redis::command("FLUSHALL"));
        case trouble::failover:
            return std::make_unique<for_a_while>([&where] { where.cut_off_replica(); },
                                                 [&where] { where.promote_replica(); });
        case trouble::evicted: return std::make_unique<filling>(where);
        case trouble::busy_script: return std::make_unique<busy_script>(where);
        case trouble::connections_cut:
            return std::make_unique<at_once>(
                [&where] { where.front().change([](faults::proxy& link) { link.reset_all(); }); });
        case trouble::link_slow: return on_link(where, slow_down);
        case trouble::link_dead: return on_link(where, swallow);
        case trouble::messages_lost:
            return tell_redis(redis::command("CLIENT").arg("KILL").arg("TYPE").arg("pubsub"));
        case trouble::postgres_killed:
            return std::make_unique<at_once>([&where] {
                where.box().postgres().kill();
                where.box().postgres().start();
            });
        case trouble::masters_hung: return std::make_unique<on_masters>(who, 2, stop, go_on);
        case trouble::masters_killed: return std::make_unique<on_masters>(who, 2, kill, start);
        case trouble::masters_forgetful:
            return std::make_unique<on_masters>(who, 3, restart, [](sandbox::redis_server&) {});
    }
    return std::make_unique<no_trouble>();
}

}  // namespace dibs::torture
