#include "cli/commands.hpp"
#include "cli/guarded_child.hpp"
#include "cli/say.hpp"
#include "cli/server_flags.hpp"
#include "core/run.hpp"

#include <dibs/client.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <system_error>
#include <vector>

namespace dibs::cli {
namespace {

constexpr int lock_not_had = 75;      // EX_TEMPFAIL
constexpr int command_not_run = 126;  // as shells have it
constexpr int command_not_found = 127;

struct lock_flags {
    std::string name;
    std::string algorithm = "queue";
    std::int64_t wait_ms = 10'000;
    std::int64_t lease_ms = 10'000;
    std::int64_t grace_ms = 5'000;
    config servers;
    std::vector<std::string> command;
};

lock_request request_from(const lock_flags& flags) {
    lock_request request(flags.name);
    request.algorithm = algorithm_from(flags.algorithm).value_or(request.algorithm);
    request.wait = std::chrono::milliseconds(flags.wait_ms);
    request.lease = std::chrono::milliseconds(flags.lease_ms);
    return request;
}

guarded_child::variables environment_of(const lease& held) {
    guarded_child::variables added{{"DIBS_NAME", held.name().text()}, {"DIBS_OWNER", held.owner().text()}};
    if (const auto token = held.token()) added.emplace_back("DIBS_TOKEN", std::to_string(token->value()));
    return added;
}

bool is_ignored(int number) {
    struct sigaction present {};
    return ::sigaction(number, nullptr, &present) == 0 && present.sa_handler == SIG_IGN;
}

/// Runs the command while the lease is held; on its loss, or when we are told to end, the command ends.
class guarded_run {
   public:
    guarded_run(const asio::any_io_executor& executor, const lock_flags& flags)
        : executor_(executor), flags_(flags), interrupts_(executor), patience_(executor) {
        // As under nohup: what is ignored stays so, for the command too.
        for (const int one : {SIGTERM, SIGHUP})
            if (!is_ignored(one)) interrupts_.add(one);
    }

    task<int> run(lease held) {
        guarded_child child(flags_.command, environment_of(held));
        asio::posix::stream_descriptor ended(executor_, ::dup(child.ended_descriptor()));
        // The terminal sends SIGINT to the command as well.
        std::signal(SIGINT, SIG_IGN);
        pass_on(child);
        const std::stop_callback on_loss(held.lost(), [&] {
            stop(child);
            say("dibs lock: {} is lost ({}); {} is told to end\n", held.name().text(), held.loss(),
                flags_.command.front());
        });
        co_await ended.async_wait(asio::posix::stream_descriptor::wait_read, asio::use_awaitable);
        interrupts_.cancel();
        patience_.cancel();
        const int status = child.wait();
        co_await give_back(held);
        co_return status;
    }

   private:
    void pass_on(const guarded_child& child) {
        interrupts_.async_wait([this, &child](boost::system::error_code cancelled, int number) {
            if (cancelled) return;
            child.signal(number);
            pass_on(child);
        });
    }

    void stop(const guarded_child& child) {
        child.signal(SIGTERM);
        patience_.expires_after(std::chrono::milliseconds(flags_.grace_ms));
        patience_.async_wait([&child](boost::system::error_code cancelled) {
            if (!cancelled) child.signal(SIGKILL);
        });
    }

    static task<void> give_back(lease& held) {
        try {
            co_await held.release();
        } catch (const error& failure) {
            say("dibs lock: {}; the lock ends with its lease\n", failure.what());
        }
    }

    asio::any_io_executor executor_;
    const lock_flags& flags_;
    asio::signal_set interrupts_;
    asio::steady_timer patience_;
};

task<int> run_under_lock(client locks, const lock_flags& flags) {
    auto held = co_await locks.acquire(request_from(flags));
    if (!held) {
        say("dibs lock: {} is held by another\n", flags.name);
        co_return lock_not_had;
    }
    guarded_run guarded(locks.executor(), flags);
    co_return co_await guarded.run(std::move(*held));
}

task<void> lock_and_run(asio::any_io_executor executor, const lock_flags& flags, int& status) {
    auto locks = co_await client::connect(std::move(executor), flags.servers);
    std::exception_ptr failed;
    try {
        status = co_await run_under_lock(locks, flags);
    } catch (...) {
        failed = std::current_exception();
    }
    co_await locks.close();  // which waits for what is given back
    if (failed) std::rethrow_exception(failed);
}

int lock(const lock_flags& flags) {
    // Of a stderr that nobody reads: what was begun is still to be cleaned up. The command does not inherit
    // it.
    if (!is_ignored(SIGPIPE)) std::signal(SIGPIPE, [](int) {});
    asio::io_context io{1};
    int status = failure;
    run_to_end(io, lock_and_run(io.get_executor(), flags, status));
    return status;
}

int lock_or_explain(const lock_flags& flags) {
    try {
        return lock(flags);
    } catch (const std::system_error& not_run) {
        say("dibs lock: {}\n", not_run.what());
        return not_run.code() == std::errc::no_such_file_or_directory ? command_not_found : command_not_run;
    } catch (const error& wrong) {
        if (wrong.kind() != fault::bad_input) throw;
        throw CLI::ValidationError("dibs lock", wrong.what());
    }
}

/// The server that the algorithm needs, where none was named.
void complete(lock_flags& flags) {
    const bool on_redis = flags.algorithm != "database" && flags.algorithm != "redlock";
    if (on_redis && flags.servers.redis.empty()) flags.servers.redis = usual_redis;
    if (flags.algorithm == "database" && flags.servers.postgres.empty())
        throw CLI::ValidationError("--algorithm database", "say where with --postgres CONNINFO");
    if (flags.algorithm == "redlock" && flags.servers.masters.empty())
        throw CLI::ValidationError("--algorithm redlock", "name its masters with --redlock URL, five times");
}

}  // namespace

void add_lock(CLI::App& app, int& status) {
    auto flags = std::make_shared<lock_flags>();
    auto* command = app.add_subcommand("lock", "Hold a lock while a command runs");
    const std::map<std::string, std::int64_t> units{{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}};
    const CLI::AsNumberWithUnit duration(units, CLI::AsNumberWithUnit::UNIT_REQUIRED, "TIME");
    std::vector<std::string> algorithms;
    algorithms.reserve(all_algorithms.size());
    for (const auto kind : all_algorithms) algorithms.emplace_back(to_string(kind));
    command->add_option("NAME", flags->name, "1 to 128 characters of A-Z a-z 0-9 : _ . -")->required();
    command->add_option("COMMAND", flags->command, "The command and its arguments, after --")->required();
    command->add_option("--algorithm", flags->algorithm)
        ->check(CLI::IsMember(algorithms))
        ->capture_default_str();
    command->add_option("--wait", flags->wait_ms, "For the lock, as 500ms, 10s or 1h [10s]; 0s: a single try")
        ->transform(duration)
        ->type_name("TIME");
    command->add_option("--lease", flags->lease_ms, "How long the lock outlives us if we are killed [10s]")
        ->transform(duration)
        ->type_name("TIME");
    command
        ->add_option("--grace", flags->grace_ms,
                     "When the lock is lost the command gets SIGTERM, and SIGKILL after this [5s]")
        ->transform(duration)
        ->type_name("TIME");
    add_servers(*command, flags->servers);
    command->footer(
        "The command finds DIBS_NAME, DIBS_OWNER and, but for redlock, DIBS_TOKEN in its environment. It is\n"
        "killed when dibs is. It alone is signalled and waited for: a shell's children live on, so let a "
        "script\n"
        "exec the last of its commands. Exit status: the command's, or 128+N if signal N ended it, as "
        "SIGTERM\n"
        "(143) does when the lock is lost; 75 the lock was not had; 127 no such command, 126 it cannot be "
        "run;\n"
        "2 wrong options; 1 a server failed.\n"
        "Example:\n"
        "  dibs lock nightly-report --wait 0s -- /usr/local/bin/report --all");
    command->callback([flags, &status] {
        complete(*flags);
        status = lock_or_explain(*flags);
    });
}

}  // namespace dibs::cli
