#include "measure/standing.hpp"

#include "core/spawn.hpp"
#include "measure/library.hpp"
#include "measure/machine.hpp"
#include "measure/plain_redis.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/json.hpp>

#include <deque>
#include <stdexcept>

namespace dibs::measure {
namespace {

constexpr std::size_t most_waiters = 10'000;
constexpr std::size_t waiters_a_step = 1'000;
constexpr std::chrono::minutes standing_patience{2};

task<void> wait_in_vain(user& who) { co_await who.acquire(standing_patience); }

/// Waiters that end when this goes.
class standers {
   public:
    explicit standers(asio::io_context& io) : io_(io) {}
    standers(const standers&) = delete;
    standers& operator=(const standers&) = delete;
    ~standers() {
        for (auto& one : all_) one.stop.emit(asio::cancellation_type::terminal);
        io_.restart();
        while (ended_ < all_.size() && io_.run_one_for(standing_patience) > 0) {
        }
    }

    void add(std::unique_ptr<user> who) {
        auto& one = all_.emplace_back(std::move(who));
        spawn(io_.get_executor(), wait_in_vain(*one.who), one.stop.slot(),
              [this](const std::exception_ptr&) { ++ended_; });
    }
    std::size_t count() const { return all_.size(); }

   private:
    struct stander {
        explicit stander(std::unique_ptr<user> of) : who(std::move(of)) {}
        std::unique_ptr<user> who;
        asio::cancellation_signal stop;
    };
    asio::io_context& io_;
    std::deque<stander> all_;
    std::size_t ended_ = 0;
};

/// How many stand in the queue, also of other processes.
std::size_t standing(plain_redis& server, const std::string& name) {
    return std::stoul(server.ask(redis::command("LLEN").arg("dibs:{" + name + "}:queue")));
}

}  // namespace

double memory_report::bytes_per_waiter() const {
    const auto n = static_cast<double>(waiters_and_bytes.size());
    double x = 0, y = 0, xx = 0, xy = 0;
    for (const auto& [waiters, bytes] : waiters_and_bytes) {
        x += waiters / n;
        y += bytes / n;
    }
    for (const auto& [waiters, bytes] : waiters_and_bytes) {
        xx += (waiters - x) * (waiters - x);
        xy += (waiters - x) * (bytes - y);
    }
    return xy / xx;
}

memory_report stand(const user_orders& orders, const users_on_redis& users_on) {
    asio::io_context io{1};
    const auto users = users_on(io, orders.redis_url);
    plain_redis server(redis::endpoint_from_url(orders.redis_url));
    standers waiting(io);
    memory_report report;
    while (waiting.count() < most_waiters) {
        for (std::size_t i = 0; i < waiters_a_step; ++i)
            waiting.add(users(request_for(orders.crowd.kind, orders.crowd.name)));
        io.restart();
        while (standing(server, orders.crowd.name) < waiting.count())
            if (io.run_one_for(standing_patience) == 0)
                throw std::runtime_error("the waiters do not stand in line");
        report.waiters_and_bytes.emplace_back(static_cast<double>(waiting.count()),
                                              static_cast<double>(resident_memory()));
    }
    return report;
}

std::string to_json(const memory_report& report) {
    boost::json::array steps;
    for (const auto& [waiters, bytes] : report.waiters_and_bytes)
        steps.push_back(boost::json::array{waiters, bytes});
    return boost::json::serialize(boost::json::object{{"waiters_and_bytes", std::move(steps)}});
}

memory_report memory_report_from(std::string_view json) {
    memory_report report;
    const auto value = boost::json::parse(json);
    for (const auto& step : value.at("waiters_and_bytes").as_array())
        report.waiters_and_bytes.emplace_back(step.at(0).to_number<double>(), step.at(1).to_number<double>());
    return report;
}

}  // namespace dibs::measure
