#include "cli/commands.hpp"
#include "cli/say.hpp"
#include "core/run.hpp"
#include "coupon/accounts/account_input.hpp"
#include "coupon/accounts/roles.hpp"
#include "coupon/input.hpp"
#include "postgres/pool.hpp"

#include <dibs/error.hpp>

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace dibs::cli {
namespace {

constexpr std::chrono::seconds role_patience{10};

struct admin_flags {
    std::string email;
    std::string postgres;
};

task<void> write_role(postgres::pool& pool, std::string email, coupon::role wanted,
                      std::optional<coupon::role_change>& change) {
    change = co_await coupon::set_role(pool, std::move(email), wanted, after(role_patience));
}

int give_role(const admin_flags& flags, coupon::role wanted) {
    asio::io_context io{1};
    std::optional<coupon::role_change> change;
    const std::string email = coupon::read_email(flags.email);
    postgres::pool pool(io.get_executor(), flags.postgres, {.size = 1});
    run_to_end(io, write_role(pool, email, wanted, change));
    if (!change) {
        say("dibs admin: nobody has signed up as {} with a password: nothing is changed\n", email);
        return failure;
    }
    fmt::print("{} (user {}) is {} {}\n", email, number(change->user),
               change->before == wanted ? "and was" : "now",
               wanted == coupon::role::admin ? "an administrator" : "no administrator");
    return success;
}

int give_role_or_explain(const admin_flags& flags, coupon::role wanted) {
    try {
        return give_role(flags, wanted);
    } catch (const coupon::invalid_input& wrong) {
        throw CLI::ValidationError("EMAIL", wrong.what());
    } catch (const error& wrong) {
        if (wrong.kind() != fault::bad_input) throw;
        throw CLI::ValidationError("--postgres", wrong.what());
    }
}

void add_role_command(CLI::App& to, coupon::role wanted, int& status) {
    const bool grants = wanted == coupon::role::admin;
    auto flags = std::make_shared<admin_flags>();
    auto* command =
        to.add_subcommand(grants ? "grant" : "revoke",
                          grants ? "Make somebody who has signed up with a password an administrator"
                                 : "Make an administrator a user like others, at once");
    command->add_option("EMAIL", flags->email)->required();
    command->add_option("--postgres", flags->postgres, "The database of the service, as dibs serve takes it")
        ->type_name("CONNINFO")
        ->required();
    command->footer(
        fmt::format("Example:\n  dibs admin {} ann@example.com --postgres postgresql://user@localhost/dibs",
                    command->get_name()));
    command->callback([flags, wanted, &status] { status = give_role_or_explain(*flags, wanted); });
}

}  // namespace

void add_admin(CLI::App& app, int& status) {
    auto* command = app.add_subcommand("admin", "Say who administers the coupons of a service");
    command->require_subcommand(1);
    add_role_command(*command, coupon::role::admin, status);
    add_role_command(*command, coupon::role::user, status);
    command->footer(
        "A new administrator logs in again, or refreshes, to get a token that says so.\n"
        "Example:\n"
        "  dibs admin grant ann@example.com --postgres postgresql://user@localhost/dibs");
}

}  // namespace dibs::cli
