#include "soak/soak.hpp"

#include "core/run.hpp"
#include "coupon/inventory.hpp"
#include "coupon/operations/schema.hpp"
#include "history/reader.hpp"
#include "postgres/pool.hpp"
#include "soak/customers.hpp"
#include "soak/striker.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <future>
#include <numeric>
#include <thread>
#include <utility>

namespace dibs::soak {
namespace {

using namespace std::chrono_literals;

constexpr auto between_looks = 20ms;
constexpr auto database_time = 10min;
constexpr auto longest_stall = 60s;

/// The customers, on a thread of their own.
class load_thread {
   public:
    load_thread(customers_wanted wanted, shop offers)
        : interrupts_(io_, SIGINT, SIGTERM),
          customers_(io_.get_executor(), std::move(wanted), std::move(offers)) {
        interrupts_.async_wait([this](const boost::system::error_code& cancelled, int) {
            if (cancelled) return;
            interrupted_ = true;
            interrupts_.clear();  // the next one does what signals do
        });
        ended_ = std::async(std::launch::async, [this] { run_to_end(io_, customers_.run()); });
    }
    load_thread(const load_thread&) = delete;
    load_thread& operator=(const load_thread&) = delete;
    ~load_thread() {
        if (ended_.valid()) stop();
    }

    void stop() {
        asio::post(io_, [this] { customers_.stop(); });
        ended_.wait();
    }
    /// Throws what it failed with, should it have ended.
    void check() {
        if (ended_.wait_for(0s) == std::future_status::ready) ended_.get();
    }
    bool interrupted() const { return interrupted_; }
    std::uint64_t acknowledged() const { return customers_.acknowledged(); }
    const tally& counted() const { return customers_.counted(); }

   private:
    asio::io_context io_{1};
    asio::signal_set interrupts_;
    std::atomic<bool> interrupted_ = false;
    customers customers_;
    std::future<void> ended_;
};

/// One soak from the first blow to the last claim.
class course {
   public:
    course(const soak_plan& plan, std::size_t masters, load_thread& under, striker& strikes,
           services& serving)
        : plan_(plan),
          load_(under),
          striker_(strikes),
          services_(serving),
          blows_(plan_blows({plan.seed, plan.kills, plan.processes, masters})) {}

    void run(soak_result& into, const std::function<void(const soak_progress&)>& watch) {
        for (const auto& next : blows_) {
            const auto due = static_cast<std::uint64_t>(next.due * static_cast<double>(plan_.claims));
            if (!await(due, into, watch)) break;
            striker_.strike(next);
            ++into.blows.at(static_cast<std::size_t>(next.what));
            ++struck_;
        }
        if (into.ended == soak_ending::whole) await(static_cast<std::uint64_t>(plan_.claims), into, watch);
        striker_.heal_all();
    }

   private:
    /// False: it never comes to that.
    bool await(std::uint64_t acknowledged, soak_result& into,
               const std::function<void(const soak_progress&)>& watch) {
        auto last = load_.acknowledged();
        auto give_up = after(longest_stall);
        do {
            std::this_thread::sleep_for(between_looks);
            load_.check();
            striker_.heal_due();
            const auto now = load_.acknowledged();
            if (now != last) give_up = after(longest_stall);
            last = now;
            watch({now, struck_, blows_.size()});
            if (load_.interrupted()) into.ended = soak_ending::interrupted;
            if (services_.ended() > 0) into.ended = soak_ending::service_ended;
            if (steady::now() > give_up) into.ended = soak_ending::stalled;
        } while (into.ended == soak_ending::whole && last < acknowledged);
        return into.ended == soak_ending::whole;
    }

    const soak_plan& plan_;
    load_thread& load_;
    striker& striker_;
    services& services_;
    std::vector<blow> blows_;
    std::size_t struck_ = 0;
};

task<void> stock_up(postgres::pool& pool, const shop& offers) {
    const auto until = after(database_time);
    co_await coupon::migrate(pool, until);
    for (const auto& one : offers.coupons()) co_await coupon::add_coupon(pool, one, until);
}

task<void> take_stock(postgres::pool& pool, const std::filesystem::path& file, holdings& held) {
    const auto until = after(database_time);
    held = co_await read_holdings(pool, until);
    history::writer into(file);
    co_await record_found(pool, held, into, until);
}

}  // namespace

std::uint64_t soak_result::kills() const {
    return std::accumulate(blows.begin(), blows.end(), std::uint64_t{0}) -
           blows.at(static_cast<std::size_t>(blow_kind::pause_service));
}

bool soak_result::good() const {
    const bool on_its_way = ended == soak_ending::whole || ended == soak_ending::interrupted;
    return on_its_way && crashed == 0 && seen.different == 0 && seen.unexpected == 0 && found.exact();
}

soak_result run_soak(const soak_plan& plan, sandbox::servers& box,
                     const std::function<void(const soak_progress&)>& watch) {
    const shop offers(plan.strategies, plan.claims);
    {
        asio::io_context io{1};
        postgres::pool pool(io.get_executor(), box.postgres_url());
        run_to_end(io, stock_up(pool, offers));
    }
    services serving(box, {plan.executable, plan.folder / "serve.log", plan.processes});
    striker strikes(box, serving);
    soak_result result;
    {
        customers_wanted wanted;
        wanted.service.port = serving.port();
        wanted.rate = plan.rate;
        wanted.seed = plan.seed;
        wanted.history = plan.folder / "customers.history";
        const auto begin = steady::now();
        load_thread under(std::move(wanted), offers);
        course(plan, box.redlock_urls().size(), under, strikes, serving).run(result, watch);
        under.stop();
        under.check();
        result.load_took = steady::now() - begin;
        result.seen = under.counted();
        result.crashed = serving.ended();
    }
    {
        asio::io_context io{1};
        postgres::pool pool(io.get_executor(), box.postgres_url());
        run_to_end(io, take_stock(pool, plan.folder / "found.history", result.held));
    }
    result.found = reconcile(history::read(plan.folder).events, result.held);
    return result;
}

}  // namespace dibs::soak
