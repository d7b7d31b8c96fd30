#include "cli/commands.hpp"
#include "cli/say.hpp"
#include "cli/watched_run.hpp"
#include "core/atomic_file.hpp"
#include "core/random.hpp"
#include "load/description.hpp"
#include "load/generator.hpp"
#include "load/stage.hpp"
#include "report/json_text.hpp"
#include "report/k6/k6_json.hpp"
#include "report/k6/k6_text.hpp"

#include <dibs/error.hpp>

#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

namespace dibs::cli {
namespace {

constexpr int most_users = 100'000;

struct load_flags {
    std::string scenario = "spike";
    std::vector<std::string> stages;
    std::uint32_t start_vus = 1;
    std::uint32_t vus = 0;
    std::string duration;
    std::string rate;
    std::string start_rate;
    std::vector<std::string> ramp_rates;
    std::uint32_t max_users = 0;
    bool accept_bottleneck = false;
    std::string graceful_ramp_down = "10s";
    std::string graceful_stop = "30s";
    std::string url = "http://localhost:3000";
    std::string strategy = "queue";
    load::coupon_choice coupon;
    bool with_password = false;
    std::vector<std::string> thresholds;
    std::vector<std::string> abort_thresholds;
    std::string delay_abort_eval = "0s";
    bool no_thresholds = false;
    std::string summary_export;
    std::optional<std::uint64_t> seed;
    bool quiet = false;
};

std::vector<stats::threshold> thresholds_of(const load_flags& flags) {
    if (flags.no_thresholds) return {};
    if (flags.thresholds.empty() && flags.abort_thresholds.empty()) return load::published_thresholds();
    std::vector<stats::threshold> read;
    for (const std::string& text : flags.thresholds) read.push_back(stats::threshold::parse(text));
    const auto delay = load::parse_duration(flags.delay_abort_eval);
    for (const std::string& text : flags.abort_thresholds) {
        read.push_back(stats::threshold::parse(text));
        read.back().abort_from = delay;
    }
    return read;
}

bool is_open(const load_flags& flags) { return !flags.rate.empty() || !flags.ramp_rates.empty(); }

load::arrival_rate arrivals_of(const load_flags& flags) {
    load::arrival_rate asked;
    if (!flags.rate.empty()) {
        asked =
            load::arrival_rate::constant(load::parse_rate(flags.rate), load::parse_duration(flags.duration));
    } else {
        if (!flags.start_rate.empty()) asked.start = load::parse_rate(flags.start_rate);
        for (const std::string& text : flags.ramp_rates) asked.stages.push_back(load::parse_rate_stage(text));
    }
    if (flags.max_users > 0) asked.most_users = flags.max_users;
    return asked;
}

load::ramping_users users_of(const load_flags& flags) {
    if (flags.vus > 0) return {flags.vus, {{load::parse_duration(flags.duration), flags.vus}}};
    load::ramping_users asked;
    asked.start = flags.start_vus;
    if (!flags.stages.empty()) asked.stages.clear();
    for (const std::string& text : flags.stages) asked.stages.push_back(load::parse_stage(text));
    return asked;
}

/// Those that would do nothing. Throws load::bad_scenario.
void refuse_idle_options(const load_flags& flags) {
    if (!flags.duration.empty() && flags.vus == 0 && flags.rate.empty())
        throw load::bad_scenario("--duration goes with --vus or --rate");
    if (!is_open(flags) && (flags.max_users > 0 || flags.accept_bottleneck))
        throw load::bad_scenario("--max-users and --accept-bottleneck go with --rate or --ramp-rate");
}

/// Throws load::bad_scenario or stats::bad_expression.
load::scenario scenario_of(const load_flags& flags) {
    refuse_idle_options(flags);
    load::scenario asked;
    asked.service = load::address_from_url(flags.url);
    asked.does.coupon = flags.coupon;
    asked.does.strategy = flags.strategy;
    if (flags.with_password) asked.does.registration = load::sign_up::with_password;
    if (is_open(flags))
        asked.executor = arrivals_of(flags);
    else
        asked.executor = users_of(flags);
    asked.allowed.ramp_down = load::parse_duration(flags.graceful_ramp_down);
    asked.allowed.stop = load::parse_duration(flags.graceful_stop);
    asked.seed = flags.seed.value_or(random_seed() >> 32U);  // short enough to type, and exact in JSON
    asked.thresholds = thresholds_of(flags);
    asked.keeps_acknowledged = false;
    return asked;
}

void print_remarks(const load::run_result& done) {
    const auto remark = [](const std::string& text) {
        if (!text.empty()) say("dibs load: {}\n", text);
    };
    if (done.interrupted_iterations > 0)
        remark(fmt::format("{} iterations were interrupted and are not counted above",
                           done.interrupted_iterations));
    if (done.dropped_iterations > 0)
        remark(fmt::format("{} iterations never began, because all users (--max-users) were busy",
                           done.dropped_iterations));
    if (!done.first_failure.empty()) remark(fmt::format("the first failed request: {}", done.first_failure));
    remark(load::bottleneck_warning(done.generator));
    remark(stats::describe_crossed(done.summary));
}

int finish(const load_flags& flags, const load::scenario& asked, const load::run_result& done,
           atomic_file* json) {
    fmt::print("{}", report::k6_text(done.summary));
    std::fflush(stdout);
    if (json != nullptr)
        json->keep(report::json_text(report::run_json(done.summary, load::describe(asked, done))));
    print_remarks(done);
    if (done.ended == load::ending::interrupted) {
        say("dibs load: interrupted; the summary holds what had happened until then\n");
        return interrupted;
    }
    if (done.ended == load::ending::aborted)
        say("dibs load: ended early, by a threshold of --abort-threshold\n");
    if (done.ended == load::ending::whole && is_open(flags) && done.generator.was_bottleneck() &&
        !flags.accept_bottleneck) {
        say("dibs load: the rate asked for was not kept, so that these are not the service's figures: "
            "ask for less, run it on a machine of its own, or give --accept-bottleneck\n");
        return failure;
    }
    // what crossed a threshold may have recovered since
    const bool crossed = done.ended == load::ending::aborted || done.summary.any_crossed();
    return crossed ? thresholds_crossed : success;
}

int carry_out(const load_flags& flags) {
    const load::scenario asked = scenario_of(flags);
    std::optional<atomic_file> json;
    if (!flags.summary_export.empty()) json.emplace(flags.summary_export);
    using telling = watched_run::telling;
    watched_run run(asked, flags.quiet ? telling::nothing : telling::progress);
    if (!flags.quiet)
        say("load on {}, strategy {}, seed {}\n", asked.service.describe(),
            asked.does.strategy.empty() ? "(not sent)" : asked.does.strategy, asked.seed);
    const load::run_result done = run.run();
    return finish(flags, asked, done, json ? &*json : nullptr);
}

int wrong(const std::exception& why) {
    say("dibs load: {}\n", why.what());
    return wrong_configuration;
}

int run(const load_flags& flags) {
    try {
        return carry_out(flags);
    } catch (const load::bad_scenario& why) {
        return wrong(why);
    } catch (const stats::bad_expression& why) {
        return wrong(why);
    } catch (const std::system_error& why) {
        return wrong(why);
    } catch (const error& failed) {
        say("dibs load: {}\n", failed.what());
        if (failed.kind() == fault::unavailable)
            say("Is a coupon service running at {}? `dibs serve --sandbox` starts one on port 3000; "
                "--url names another.\n",
                flags.url);
        return failure;
    }
}

CLI::Option* add(CLI::App* load, const char* name, auto& value, const char* help) {
    return load->add_option(name, value, help)->capture_default_str();
}

/// What users do at a time, or how often they come.
struct shape_options {
    CLI::Option* stage;
    CLI::Option* start_vus;
    CLI::Option* vus;
};

shape_options add_users(CLI::App* load, load_flags& flags) {
    add(load, "--scenario", flags.scenario, "spike: the published 10s:20 30s:100 10s:20 30s:0")
        ->check(CLI::IsMember({"spike"}));
    auto* stage =
        load->add_option("--stage", flags.stages, "A ramp of users in place of the scenario's; repeated");
    stage->type_name("TIME:USERS")->allow_extra_args(false);
    auto* start = add(load, "--start-vus", flags.start_vus, "Users at the start of the ramps");
    start->check(CLI::Range(0, most_users));
    auto* vus = load->add_option("--vus", flags.vus, "So many users, all the time of --duration");
    vus->check(CLI::Range(1, most_users))->excludes(stage)->excludes(start);
    return {stage, start, vus};
}

void add_rates(CLI::App* load, load_flags& flags, const shape_options& users) {
    auto* rate = load->add_option(
        "--rate", flags.rate, "Open model: so many iterations begin, as 500/s or 30000/m, for --duration");
    rate->type_name("RATE");
    auto* ramp = load->add_option("--ramp-rate", flags.ramp_rates,
                                  "Open model: a ramp of that rate, as 10s:200/s; repeated");
    ramp->type_name("TIME:RATE")->allow_extra_args(false)->excludes(rate);
    auto* start = load->add_option("--start-rate", flags.start_rate, "At the start of --ramp-rate [0/s]");
    start->type_name("RATE")->needs(ramp);
    for (auto* open : {rate, ramp})
        open->excludes(users.stage)->excludes(users.start_vus)->excludes(users.vus);
    load->add_option("--max-users", flags.max_users,
                     "Open model: users at a time; what finds none free is dropped [1000]")
        ->check(CLI::Range(1, most_users));
    load->add_flag("--accept-bottleneck", flags.accept_bottleneck,
                   "Open model: succeed even if dibs itself was too slow for the rate");
    auto* duration = load->add_option("--duration", flags.duration, "Of --vus or --rate, as 1m30s");
    duration->type_name("TIME")->excludes(users.stage)->excludes(ramp);
    rate->needs(duration);
    users.vus->needs(duration);
}

void add_shape(CLI::App* load, load_flags& flags) {
    add_rates(load, flags, add_users(load, flags));
    add(load, "--graceful-ramp-down", flags.graceful_ramp_down,
        "For the last iteration of a user ramped down")
        ->type_name("TIME");
    add(load, "--graceful-stop", flags.graceful_stop, "For iterations under way after the last stage")
        ->type_name("TIME");
    load->add_option("--seed", flags.seed, "Of the users' pauses (default: random)");
}

void add_service(CLI::App* load, load_flags& flags) {
    add(load, "--url", flags.url, "Where the coupon service listens");
    add(load, "--strategy", flags.strategy, "The lock, sent as X-Lock-Strategy; '' sends none");
    add(load, "--coupon", flags.coupon.id, "The coupon to claim");
    add(load, "--code", flags.coupon.code, "The code of that coupon");
    load->add_flag("--with-password", flags.with_password,
                   "Sign up with a password, not as guests (hashing it then is most of the work)");
}

void add_verdict(CLI::App* load, load_flags& flags) {
    auto* thresholds = load->add_option("--threshold", flags.thresholds,
                                        "Repeated; default: the published http_req_duration:p(95)<2000 and "
                                        "coupon_issue_success_rate:rate>0.8");
    thresholds->type_name("METRIC:CONDITION")->allow_extra_args(false);
    auto* aborting = load->add_option("--abort-threshold", flags.abort_thresholds,
                                      "The same, and the run ends as soon as it is crossed; repeated");
    aborting->type_name("METRIC:CONDITION")->allow_extra_args(false);
    add(load, "--delay-abort-eval", flags.delay_abort_eval, "From when on --abort-threshold ends a run")
        ->type_name("TIME")
        ->needs(aborting);
    load->add_flag("--no-thresholds", flags.no_thresholds, "Judge nothing")
        ->excludes(thresholds)
        ->excludes(aborting);
    load->add_option("--summary-export", flags.summary_export, "Write the summary as JSON, as k6 does")
        ->type_name("FILE");
    load->add_flag("-q,--quiet", flags.quiet, "No progress");
}

}  // namespace

void add_load(CLI::App& app, int& status) {
    auto flags = std::make_shared<load_flags>();
    auto* load =
        app.add_subcommand("load", "Put a coupon service under load, as k6 does, and sum up the run");
    add_shape(load, *flags);
    add_service(load, *flags);
    add_verdict(load, *flags);
    load->footer(
        "Status: 0, 99 a threshold was crossed, 104 wrong configuration, 105 interrupted, 1 other failures.\n"
        "Example, in two terminals:\n"
        "  dibs serve --sandbox --coupon test-coupon-1:K6LOADTEST:1000000\n"
        "  dibs load --strategy fencing --stage 5s:50 --stage 5s:0 --summary-export run.json \\\n"
        "      --threshold 'http_req_duration{name:claim}:p(95)<50'\n"
        "  dibs load --rate 500/s --duration 30s --max-users 2000 --threshold "
        "'intended_claim_duration:p(99)<50'");
    load->callback([flags, &status] { status = run(*flags); });
}

}  // namespace dibs::cli
