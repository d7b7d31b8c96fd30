#include "cli/commands.hpp"
#include "cli/say.hpp"

#include <exception>

int main(int argc, char** argv) {
    CLI::App app{"dibs: distributed locks on Redis and PostgreSQL, and the proof that they hold", "dibs"};
    app.set_version_flag("--version", "dibs " DIBS_VERSION);
    app.require_subcommand(1);
    int status = dibs::cli::success;
    // One line a subcommand:
    dibs::cli::add_admin(app, status);
    dibs::cli::add_bench(app, status);
    dibs::cli::add_check(app, status);
    dibs::cli::add_compare(app, status);
    dibs::cli::add_completion(app, status);
    dibs::cli::add_serve(app, status);
    dibs::cli::add_stats(app, status);
    dibs::cli::add_load(app, status);
    dibs::cli::add_lock(app, status);
    dibs::cli::add_ps(app, status);
    dibs::cli::add_break(app, status);
    dibs::cli::add_measure(app, status);
    dibs::cli::add_report(app, status);
    dibs::cli::add_soak(app, status);
    dibs::cli::add_torture(app, status);
    dibs::cli::add_up(app, status);

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? dibs::cli::success : dibs::cli::usage;
    } catch (const std::exception& error) {
        dibs::cli::say("dibs: {}\n", error.what());
        return dibs::cli::failure;
    }
    return status;
}
