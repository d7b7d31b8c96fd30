#include "torture/admin.hpp"
#include "torture/troubles.hpp"

#include <future>
#include <optional>
#include <utility>

namespace dibs::torture {
namespace {

using namespace std::chrono_literals;

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
        way_in_.emplace(where_.redis().url());
        way_in_->ask(redis::command("CONFIG").arg("SET").arg("busy-reply-threshold").arg(50));
        running_ = std::async(std::launch::async, [url = where_.redis().url()] {
            try {
                ask(url, redis::command("EVAL").arg("while true do end").arg("0"));
            } catch (const std::exception&) {  // it was killed
            }
        });
    }
    void heal() override {
        way_in_->ask(redis::command("SCRIPT").arg("KILL"));
        running_.get();
        way_in_.reset();
    }

   private:
    scene& where_;
    std::optional<admin> way_in_;  // a busy server welcomes nobody
    std::future<void> running_;
};

class full final : public troublemaker {
   public:
    explicit full(scene& where) : where_(where) {}
    void make() override {
        way_in_.emplace(where_.redis().url());
        allow("1");
        way_in_->ask(redis::command("CLIENT").arg("KILL").arg("TYPE").arg("pubsub"));
    }
    void heal() override {
        allow("10000");
        way_in_.reset();
    }

   private:
    void allow(std::string_view clients) {
        way_in_->ask(redis::command("CONFIG").arg("SET").arg("maxclients").arg(clients));
    }
    scene& where_;
    std::optional<admin> way_in_;  // nobody else gets in to heal it
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

std::unique_ptr<troublemaker> trouble_on_the_way(trouble what, scene& where) {
    switch (what) {
        case trouble::connections_cut:
            return std::make_unique<at_once>(
                [&where] { where.front().change([](faults::proxy& link) { link.reset_all(); }); });
        case trouble::link_slow: return on_link(where, slow_down);
        case trouble::link_dead: return on_link(where, swallow);
        default: return nullptr;
    }
}

std::unique_ptr<troublemaker> trouble_with_clock(trouble what, scene& where, std::chrono::milliseconds step) {
    const auto shift = [&where](std::chrono::milliseconds by) {
        return [&where, by] { where.clock().shift(by); };
    };
    switch (what) {
        case trouble::clock_forward: return std::make_unique<for_a_while>(shift(step), shift(0ms));
        case trouble::clock_backward:
            return std::make_unique<at_once>(
                [&where, step, by = 0ms]() mutable { where.clock().shift(by -= step); });
        default: return nullptr;
    }
}

}  // namespace

std::unique_ptr<troublemaker> trouble_with_redis(trouble what, const victims& who) {
    auto& where = who.servers;
    const auto tell = [&where](const redis::command& words) {
        return std::make_unique<at_once>([&where, words] { ask(where.redis().url(), words); });
    };
    const auto signal = [&where](int number) { return [&where, number] { where.redis().signal(number); }; };
    switch (what) {
        case trouble::redis_restarted:
            return std::make_unique<at_once>([&where] {
                where.redis().kill();
                where.redis().start();
            });
        case trouble::redis_paused: return std::make_unique<for_a_while>(signal(SIGSTOP), signal(SIGCONT));
        case trouble::flushall: return tell(redis::command("FLUSHALL"));
        case trouble::failover:
            return std::make_unique<for_a_while>([&where] { where.cut_off_replica(); },
                                                 [&where] { where.promote_replica(); });
        case trouble::evicted: return std::make_unique<filling>(where);
        case trouble::busy_script: return std::make_unique<busy_script>(where);
        case trouble::redis_full: return std::make_unique<full>(where);
        case trouble::messages_lost:
            return tell(redis::command("CLIENT").arg("KILL").arg("TYPE").arg("pubsub"));
        default: break;
    }
    if (auto made = trouble_on_the_way(what, where)) return made;
    return trouble_with_clock(what, where, clock_steps * who.lease);
}

}  // namespace dibs::torture
