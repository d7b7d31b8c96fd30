#include "claims_bench/stage.hpp"

#include "claims_bench/generator.hpp"
#include "claims_bench/target.hpp"
#include "core/random.hpp"
#include "core/run.hpp"
#include "experiment/service_processes.hpp"
#include "measure/disturbance.hpp"
#include "sandbox/log_tail.hpp"

#include <fmt/format.h>

#include <fstream>
#include <stdexcept>
#include <utility>

namespace dibs::claims_bench {
namespace {

constexpr int service_count = 2;
constexpr std::chrono::minutes database_time{5};
constexpr std::chrono::minutes load_time{5};
constexpr const char* load_command = "claims-load";

const postgres::statement add_users{"", R"sql(
    INSERT INTO users (email, name, idempotency_key)
    SELECT 'claimer-' || n || '@example.com', 'Claimer ' || n, n::text FROM generate_series(1, $1::bigint) AS n)sql"};
const postgres::statement known_users{"", "SELECT min(id), max(id), count(*) FROM users"};

}  // namespace

stage::stage(sandbox::servers& servers, setting how)
    : servers_(servers),
      how_(std::move(how)),
      database_(io_.get_executor(), target_of(servers)),
      token_key_(random_hex(32)),
      users_file_(servers.folder() / "claimers") {
    restart_services();
    sign_up_users();
    sign_tokens();
}

void stage::run(task<void> work) { run_to_end(io_, std::move(work)); }

void stage::restart_services(const std::vector<std::string>& further) {
    const experiment::server_urls urls{servers_.redis_url(), servers_.redlock_urls(),
                                       servers_.postgres_url()};
    services_.clear();
    for (int i = 0; i < service_count; ++i) {
        auto started = experiment::launch_service(
            servers_.supervisor(), urls,
            {how_.executable, servers_.folder() / "serve.log", token_key_, port_, further});
        port_ = started.port;
        services_.push_back(std::move(started.process));
    }
}

void stage::check_services() {
    for (auto& one : services_)
        if (!one.running())
            throw std::runtime_error(fmt::format("a process of dibs serve has ended:\n{}",
                                                 sandbox::log_tail(servers_.folder() / "serve.log")));
}

parties stage::all_parties() const {
    parties all;
    for (const auto& one : services_) all.services.push_back(one.pid());
    all.postgres = servers_.postgres().pid();
    all.redis = {servers_.redis().pid()};
    return all;
}

coupon::user_id stage::user(std::size_t number) const {
    return coupon::user_id{first_user_ + static_cast<std::int64_t>(number % how_.users)};
}

void stage::sign_up_users() {
    const auto work = [](stage& on) -> task<void> {
        auto count = postgres::params().add(static_cast<std::int64_t>(on.how_.users));
        co_await on.database_.execute(add_users, std::move(count), after(database_time));
        postgres::params none;
        const auto rows = co_await on.database_.execute(known_users, std::move(none), after(database_time));
        on.first_user_ = rows.integer(0, 0);
        const auto numbered = rows.integer(0, 1) - rows.integer(0, 0) + 1;
        if (!std::cmp_equal(rows.integer(0, 2), on.how_.users) || numbered != rows.integer(0, 2))
            throw std::runtime_error("the users' ids have gaps");
        co_await on.tidy("users");
    };
    run(work(*this));
}

/// Not in a transaction, so not through pool::execute. The checkpoint keeps that of one repeat out of the
/// next.
task<void> stage::tidy(std::string tables) {
    const auto session = co_await database_.acquire(after(database_time));
    co_await session->run(fmt::format("VACUUM (ANALYZE) {}", tables), after(database_time));
    co_await session->run("CHECKPOINT", after(database_time));
}

void stage::sign_tokens() {
    const coupon::tokens signer{coupon::token_key(token_key_)};
    const auto now = coupon::tokens::clock::now();
    signed_until_ = now + signer.life() / 2;
    std::ofstream file(users_file_, std::ios::binary | std::ios::trunc);
    for (std::size_t number = 0; number < how_.users; ++number)
        file << signer.issue(user(number), now) << '\n';
    if (!file.flush()) throw std::runtime_error(users_file_.native() + " cannot be written");
}

void stage::reset(std::int64_t stock) {
    const auto work = [](stage& on, std::int64_t pieces) -> task<void> {
        coupon::coupon_spec spec;
        spec.id = coupon_id;
        spec.code = coupon_code;
        spec.stock = pieces;
        co_await coupon::reset_coupon(on.database_, std::move(spec), after(database_time));
        co_await on.tidy("claims, coupons");
    };
    run(work(*this, stock));
}

coupon::ledger stage::books() {
    coupon::ledger held;
    const auto work = [](stage& on, coupon::ledger& into) -> task<void> {
        into = co_await coupon::reconcile(on.database_, coupon_id, after(database_time));
    };
    run(work(*this, held));
    return held;
}

load_orders stage::orders(std::string_view strategy) {
    if (coupon::tokens::clock::now() > signed_until_) sign_tokens();
    load_orders made;
    made.port = port_;
    made.coupon = coupon_id;
    made.code = coupon_code;
    made.strategy = strategy;
    made.keys = fmt::format("load-{}", ++loads_);
    made.users_file = users_file_.native();
    made.claims_file = (servers_.folder() / "issued").native();
    made.connections = how_.connections;
    made.requests = how_.users;
    made.length = how_.length;
    return made;
}

served_load stage::serve(const load_orders& orders, const std::function<void()>& meanwhile) {
    return serve(orders, all_parties().services, meanwhile);
}

served_load stage::serve(const load_orders& orders, const std::vector<pid_t>& by,
                         const std::function<void()>& meanwhile) {
    sandbox::program generator(how_.executable, {load_command, to_json(orders)});
    generator.standard_output = sandbox::output::pipe();
    generator.standard_error = sandbox::output::pipe();
    auto running = servers_.supervisor().start(generator);
    const auto until = sandbox::clock::now() + load_time;
    auto parts = all_parties();
    parts.services = by;
    const bool connected = running.read_line(until).has_value();
    const measure::host_watch host;
    const auto before = read_cpu(parts);
    if (meanwhile && connected) meanwhile();
    const auto told = running.read_line(until);
    const auto after_it = read_cpu(parts);
    const double stolen = host.stolen_share();
    if (!told)
        throw std::runtime_error(
            fmt::format("the generator failed: {}", running.read_all_errors(sandbox::clock::now())));
    check_services();
    served_load served{load_report_from(*told), {}, orders.claims_file, stolen};
    const auto operations = static_cast<double>(served.report.sent);
    served.cpu = cpu_each(after_it.since(before), operations);
    served.cpu.generator = served.report.cpu_us / operations;
    return served;
}

stage::answer stage::claim_once(std::string_view strategy) {
    auto one = orders(strategy);
    one.connections = 1;
    one.requests = 1;
    one.expected = 0;  // so that what it is comes back
    one.claims_file.clear();
    const auto report = generate(one, [] {});
    return {report.statuses.begin()->first, report.surprise};
}

bool stage::offers(std::string_view strategy) {
    reset();
    const auto told = claim_once(strategy);
    if (told.status != 201 && told.status != 400)
        throw std::runtime_error(
            fmt::format("a claim under {} is answered {}: {}", strategy, told.status, told.body));
    return told.status == 201;
}

}  // namespace dibs::claims_bench
