#include "cli/say.hpp"
#include "cli/serve/configuration.hpp"
#include "cli/serve/serve_options.hpp"
#include "cli/serve/serve_run.hpp"

#include <dibs/error.hpp>

#include <fmt/format.h>

#include <cstdlib>
#include <memory>
#include <utility>

namespace dibs::cli {
namespace {

std::string file_of(const serve_flags& flags) {
    if (!flags.config.empty()) return flags.config;
    // The environment is read before any other thread is started.
    const char* const set = std::getenv("DIBS_CONFIG");
    return set ? set : "";
}

/// What was asked for is wrong: a matter of usage, not of failure.
[[noreturn]] void refuse(const std::vector<std::string>& troubles) {
    throw CLI::ValidationError("dibs serve", fmt::format("{}", fmt::join(troubles, "\n")));
}

int check_and_serve(CLI::App& command, const serve_flags& flags) {
    const configuration settings(command, file_of(flags));
    auto troubles = settings.errors();
    auto options = serve_options_from(flags, troubles);
    for (const auto& warning : settings.warnings()) say("dibs serve: {}\n", warning);
    if (flags.check_config) fmt::print("{}", settings.describe(without_secrets));
    if (!troubles.empty()) refuse(troubles);
    if (flags.check_config) return success;
    try {
        return serve(flags, std::move(options));
    } catch (const error& wrong) {
        if (wrong.kind() != fault::bad_input) throw;
        refuse({wrong.what()});
    }
}

}  // namespace

void add_serve(CLI::App& app, int& status) {
    auto flags = std::make_shared<serve_flags>();
    auto* serve_command =
        app.add_subcommand("serve", "Issue coupons over HTTP, under the lock each claim asks for");
    add_serve_flags(*serve_command, *flags);
    serve_command->footer(
        "Several processes may serve one port. SIGTERM and SIGINT let the requests under way finish: status "
        "0.\n"
        "A server that is away at the start: status 1; one that goes later is answered 503 until it is "
        "back.\n"
        "Example:\n"
        "  dibs serve --sandbox --coupon test-coupon-1:K6LOADTEST:1000000\n"
        "  TOKEN=$(curl -s localhost:3000/api/auth/signup -d "
        "'{\"email\":\"ann@example.com\",\"name\":\"Ann\",\n"
        "      \"idempotencyKey\":\"1\"}' | jq -r .data.accessToken)\n"
        "  curl localhost:3000/api/coupons/test-coupon-1/claims -H \"Authorization: Bearer $TOKEN\" \\\n"
        "      -H 'X-Lock-Strategy: queue' -d '{\"couponCode\":\"K6LOADTEST\",\"idempotencyKey\":\"1\"}'");
    serve_command->callback(
        [flags, serve_command, &status] { status = check_and_serve(*serve_command, *flags); });
}

}  // namespace dibs::cli
