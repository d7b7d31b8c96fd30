#include "claims_bench/generator.hpp"

#include "claims_bench/answer.hpp"
#include "claims_bench/issued_claims.hpp"
#include "claims_bench/pacing.hpp"
#include "claims_bench/request_text.hpp"
#include "claims_bench/sockets.hpp"
#include "experiment/cpu_time.hpp"
#include "load/exchange.hpp"
#include "stats/histogram.hpp"

#include <algorithm>
#include <deque>
#include <optional>
#include <vector>

namespace dibs::claims_bench {
namespace {

constexpr std::chrono::seconds patience{30};  // without any answer
constexpr std::chrono::milliseconds late{1};
constexpr std::chrono::milliseconds late_end{10};  // what is due at the very end needs a moment
constexpr std::size_t longest_surprise = 500;

double in_ms(steady::duration time) { return std::chrono::duration<double, std::milli>(time).count(); }

class generator {
   public:
    explicit generator(const load_orders& orders)
        : orders_(orders),
          texts_(orders),
          sockets_(orders.port, orders.connections),
          lines_(orders.connections) {
        for (; open_ < lines_.size(); ++open_) free_.push_back(open_);
    }

    load_report run() {
        const auto cpu_before = experiment::read_cpu({});
        begin_ = steady::now();
        end_ = begin_ + orders_.length;
        if (orders_.rate > 0) plan_.emplace(begin_, orders_.rate);
        last_answer_ = begin_;
        send_what_is_due(begin_);
        while (under_way_ > 0 || (open_ > 0 && more_to_send())) {
            if (!serve()) break;
        }
        const std::chrono::duration<double, std::micro> cpu = experiment::read_cpu({}).since(cpu_before).ours;
        found_.cpu_us = cpu.count();
        found_.seconds = std::chrono::duration<double>(last_answer_ - begin_).count();
        finish();
        return std::move(found_);
    }

   private:
    /// A connection, and the request that is under way on it.
    struct line {
        std::size_t request = 0;
        deadline begun{};
        deadline free_since{};
        std::string received;  // where an answer came in parts
    };

    bool is_due(std::size_t request) const { return request < orders_.requests && due(request) < end_; }
    bool more_to_send() const { return is_due(next_) && (!orders_.drops_late || now_ < end_ + late_end); }
    deadline due(std::size_t request) const { return plan_ ? plan_->intended(request) : now_; }

    /// Until something has arrived or is due. False: the server has stopped to answer.
    bool serve() {
        const deadline give_up = last_answer_ + patience;
        const bool waits_for_time = plan_ && more_to_send() && !free_.empty();
        const auto& ready = sockets_.wait(waits_for_time ? std::min(due(next_), give_up) : give_up);
        now_ = steady::now();
        for (const auto which : ready) take(which);
        send_what_is_due(now_);
        return now_ < give_up;
    }

    void send_what_is_due(deadline now) {
        now_ = now;
        while (!free_.empty() && more_to_send() && due(next_) <= now) {
            const auto which = free_.front();
            free_.pop_front();
            send(which, now);
        }
    }

    void send(std::size_t which, deadline now) {
        line& on = lines_[which];
        on.request = next_++;
        on.begun = due(on.request);
        if (plan_) {
            const auto lag = now - on.begun;
            lags_ms_.add(in_ms(lag));
            own_lags_ms_.add(in_ms(now - std::max(on.begun, on.free_since)));
            if (lag >= late) ++found_.late_starts;
        }
        texts_.write(on.request, text_);
        ++found_.sent;
        ++under_way_;
        sockets_.send(which, text_);
    }

    void take(std::size_t which) {
        line& on = lines_[which];
        std::string_view bytes = sockets_.receive(which);
        if (bytes.empty()) {
            sockets_.drop(which);
            if (std::ranges::find(free_, which) != free_.end())
                throw std::runtime_error("an idle connection was closed");
            --under_way_;
            --open_;
            return;
        }
        if (!on.received.empty()) bytes = on.received.append(bytes);
        const auto complete = read_answer(bytes);
        if (!complete) {
            if (on.received.empty()) on.received = bytes;
            return;
        }
        answered(on, *complete);
        on.received.clear();
        on.free_since = now_;
        free_.push_back(which);
    }

    void answered(const line& on, const answer& what) {
        const auto now = steady::now();
        last_answer_ = now;
        --under_way_;
        ++found_.statuses[what.status];
        latencies_ms_.add(in_ms(now - on.begun));
        if (what.status != orders_.expected && found_.surprise.empty())
            found_.surprise = what.body.substr(0, longest_surprise);
        // Only such a failure: refusals, of which there may be very many, are not read.
        if (what.status >= 500 && load::outcome_of(what.status, what.body) == load::outcome::in_doubt)
            ++found_.in_doubt;
        if (what.status != 201) return;
        if (const auto id = claim_id_in(what.body))
            issued_.push_back({*id, static_cast<std::int64_t>(on.request)});
        else if (found_.surprise.empty())
            found_.surprise = what.body.substr(0, longest_surprise);
    }

    void finish() {
        std::uint64_t answers = 0;
        for (const auto& [status, count] : found_.statuses) answers += count;
        if (found_.sent > answers) found_.statuses[0] = found_.sent - answers;
        found_.in_doubt += found_.answered(0);
        if (plan_)
            for (std::size_t never = next_; is_due(never); ++never) ++found_.dropped;
        found_.p50_ms = latencies_ms_.percentile(0.5);
        found_.p95_ms = latencies_ms_.percentile(0.95);
        found_.p99_ms = latencies_ms_.percentile(0.99);
        found_.max_ms = latencies_ms_.max();
        found_.lag_p99_ms = lags_ms_.percentile(0.99);
        found_.own_lag_p99_ms = own_lags_ms_.percentile(0.99);
        if (!orders_.claims_file.empty()) write_issued(orders_.claims_file, issued_);
    }

    const load_orders& orders_;
    request_texts texts_;
    sockets sockets_;
    std::vector<line> lines_;
    std::deque<std::size_t> free_;  // the longest free first
    std::optional<schedule> plan_;
    deadline begin_{};
    deadline end_{};
    deadline now_{};
    deadline last_answer_{};
    std::size_t next_ = 0;
    std::size_t under_way_ = 0;
    std::size_t open_ = 0;
    std::string text_;
    stats::histogram latencies_ms_;
    stats::histogram lags_ms_;
    stats::histogram own_lags_ms_;
    std::vector<issued_claim> issued_;
    load_report found_;
};

}  // namespace

load_report generate(const load_orders& orders, const std::function<void()>& connected) {
    generator all(orders);
    connected();
    return all.run();
}

}  // namespace dibs::claims_bench
