#include "cli/atomic_file.hpp"
#include "cli/commands.hpp"
#include "cli/watched_run.hpp"
#include "core/random.hpp"
#include "load/description.hpp"
#include "load/generator.hpp"
#include "load/stage.hpp"
#include "report/json_text.hpp"
#include "report/k6_json.hpp"
#include "report/k6_text.hpp"

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
    std::string graceful_ramp_down = "10s";
    std::string graceful_stop = "30s";
    std::string url = "http://localhost:3000";
    std::string strategy = "queue";
    load::coupon_choice coupon;
    bool with_password = false;
    std::vector<std::string> thresholds;
    bool no_thresholds = false;
    std::string summary_export;
    std::optional<std::uint64_t> seed;
    bool quiet = false;
};

std::vector<stats::threshold> thresholds_of(const load_flags& flags) {
    if (flags.no_thresholds) return {};
    if (flags.thresholds.empty()) return load::published_thresholds();
    std::vector<stats::threshold> read;
    for (const std::string& text : flags.thresholds) read.push_back(stats::threshold::parse(text));
    return read;
}

/// Throws load::bad_scenario or stats::bad_expression.
load::scenario scenario_of(const load_flags& flags) {
    load::scenario asked;
    asked.service = load::address_from_url(flags.url);
    asked.does.coupon = flags.coupon;
    asked.does.strategy = flags.strategy;
    if (flags.with_password) asked.does.registration = load::sign_up::with_password;
    asked.start_users = flags.start_vus;
    if (!flags.stages.empty()) asked.stages.clear();
    for (const std::string& text : flags.stages) asked.stages.push_back(load::parse_stage(text));
    if (flags.vus > 0) {
        asked.start_users = flags.vus;
        asked.stages = {{load::parse_duration(flags.duration), flags.vus}};
    }
    asked.allowed.ramp_down = load::parse_duration(flags.graceful_ramp_down);
    asked.allowed.stop = load::parse_duration(flags.graceful_stop);
    asked.seed = flags.seed.value_or(random_seed() >> 32U);  // short enough to type, and exact in JSON
    asked.thresholds = thresholds_of(flags);
    return asked;
}

void print_remarks(const load::run_result& done) {
    const auto remark = [](const std::string& text) {
        if (!text.empty()) fmt::print(stderr, "dibs load: {}\n", text);
    };
    if (done.interrupted_iterations > 0)
        remark(fmt::format("{} iterations were interrupted and are not counted above",
                           done.interrupted_iterations));
    if (!done.first_failure.empty()) remark(fmt::format("the first failed request: {}", done.first_failure));
    remark(load::bottleneck_warning(done.generator));
    remark(stats::describe_crossed(done.summary));
}

int finish(const load::scenario& asked, const load::run_result& done, atomic_file* json) {
    fmt::print("{}", report::k6_text(done.summary));
    std::fflush(stdout);
    if (json != nullptr)
        json->keep(report::json_text(report::run_json(done.summary, load::describe(asked, done))));
    print_remarks(done);
    if (done.ended == load::ending::interrupted) {
        fmt::print(stderr, "dibs load: interrupted; the summary holds what had happened until then\n");
        return interrupted;
    }
    return done.summary.any_crossed() ? thresholds_crossed : success;
}

int carry_out(const load_flags& flags) {
    const load::scenario asked = scenario_of(flags);
    std::optional<atomic_file> json;
    if (!flags.summary_export.empty()) json.emplace(flags.summary_export);
    using telling = watched_run::telling;
    watched_run run(asked, flags.quiet ? telling::nothing : telling::progress);
    if (!flags.quiet)
        fmt::print(stderr, "load on {}, strategy {}, seed {}\n", asked.service.describe(),
                   asked.does.strategy.empty() ? "(not sent)" : asked.does.strategy, asked.seed);
    const load::run_result done = run.run();
    return finish(asked, done, json ? &*json : nullptr);
}

int wrong(const std::exception& why) {
    fmt::print(stderr, "dibs load: {}\n", why.what());
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
        fmt::print(stderr, "dibs load: {}\n", failed.what());
        if (failed.kind() == fault::unavailable)
            fmt::print(stderr,
                       "Is a coupon service running at {}? `dibs serve --sandbox` starts one on port 3000; "
                       "--url names another.\n",
                       flags.url);
        return failure;
    }
}

CLI::Option* add(CLI::App* load, const char* name, auto& value, const char* help) {
    return load->add_option(name, value, help)->capture_default_str();
}

void add_shape(CLI::App* load, load_flags& flags) {
    add(load, "--scenario", flags.scenario, "spike: the published 10s:20 30s:100 10s:20 30s:0")
        ->check(CLI::IsMember({"spike"}));
    auto* stage =
        load->add_option("--stage", flags.stages, "A ramp of users in place of the scenario's; repeated");
    stage->type_name("TIME:USERS")->allow_extra_args(false);
    auto* start = add(load, "--start-vus", flags.start_vus, "Users at the start of the ramps");
    start->check(CLI::Range(0, most_users));
    auto* vus = load->add_option("--vus", flags.vus, "So many users, all the time of --duration");
    vus->check(CLI::Range(1, most_users))->excludes(stage)->excludes(start);
    auto* duration =
        load->add_option("--duration", flags.duration, "How long --vus stay, as 1m30s")->type_name("TIME");
    vus->needs(duration);
    duration->needs(vus);
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
    load->add_flag("--no-thresholds", flags.no_thresholds, "Judge nothing")->excludes(thresholds);
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
        "      --threshold 'http_req_duration{name:claim}:p(95)<50'");
    load->callback([flags, &status] { status = run(*flags); });
}

}  // namespace dibs::cli
