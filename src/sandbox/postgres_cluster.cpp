#include "sandbox/postgres_cluster.hpp"

#include "core/random.hpp"
#include "sandbox/folder.hpp"
#include "sandbox/log_tail.hpp"
#include "sandbox/postgres_binaries.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <sys/stat.h>

#include <cctype>
#include <cerrno>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <tuple>

namespace dibs::sandbox {
namespace {

constexpr std::chrono::seconds postgres_patience{60};
constexpr std::chrono::milliseconds between_tries{5};

// PostgreSQL refuses to run as root.
std::optional<user> server_user() {
    if (::geteuid() != 0) return std::nullopt;
    return user_named("postgres");
}

void check_reachable(std::filesystem::path folder) {
    for (; folder.has_relative_path(); folder = folder.parent_path()) {
        struct stat found {};
        if (::stat(folder.c_str(), &found) == 0 && (found.st_mode & S_IXOTH) != 0) continue;
        throw std::runtime_error(fmt::format(
            "PostgreSQL does not run as root, and its user postgres may not enter {}: choose another "
            "place (--dir or TMPDIR)",
            folder.native()));
    }
}

using session = std::unique_ptr<PGconn, decltype(&PQfinish)>;
using answer = std::unique_ptr<PGresult, decltype(&PQclear)>;

std::string percent_encoded(std::string_view text) {
    std::string encoded;
    for (const char c : text) {
        const auto code = static_cast<unsigned char>(c);
        const bool plain = std::isalnum(code) != 0 || c == '-' || c == '_' || c == '.' || c == '~';
        encoded += plain ? std::string(1, c) : fmt::format("%{:02X}", code);
    }
    return encoded;
}

}  // namespace

postgres_cluster::postgres_cluster(supervisor& box, postgres_options options)
    : box_(box),
      options_(std::move(options)),
      binaries_(find_postgres()),
      folder_(box.folder() / "postgres"),
      run_as_(server_user()) {
    check_socket_path(folder_ / ".s.PGSQL.65535");
    if (options_.at == address::loopback) {
        port_ = free_port();
        password_ = random_hex(16);
    }
    if (run_as_) check_reachable(box.folder());
    std::filesystem::create_directory(folder_);
    std::filesystem::permissions(folder_, std::filesystem::perms::owner_all);
    if (run_as_ && ::chown(folder_.c_str(), run_as_->id, run_as_->group) != 0) {
        throw std::system_error(errno, std::generic_category(), folder_.native());
    }
}

void postgres_cluster::start() {
    if (made_ == stage::nothing) {
        launch_initdb();
        await_initdb();
    }
    launch();
    await_ready();
}

program postgres_cluster::made_of(std::string_view binary) const {
    program made(binaries_ / binary);
    made.arguments = {"-D", (folder_ / "data").native()};
    made.working_directory = folder_;
    made.run_as = run_as_;
    made.standard_output = output::file(log());
    made.standard_error = output::file(log());
    return made;
}

void postgres_cluster::launch_initdb() {
    auto initdb = made_of("initdb");
    // Not synced: the sandbox does not outlive a power failure, and what is committed later is synced.
    initdb.arguments.insert(initdb.arguments.end(),
                            {"--no-sync", "--no-instructions", "--username", "postgres", "--encoding", "UTF8",
                             "--locale", "C", "--auth-local", "trust", "--auth-host", "scram-sha-256"});
    if (!password_.empty()) {
        const auto file = folder_ / "password";
        std::ofstream(file) << password_ << '\n';
        std::filesystem::permissions(file, std::filesystem::perms::owner_read);
        if (run_as_) std::ignore = ::chown(file.c_str(), run_as_->id, run_as_->group);
        initdb.arguments.insert(initdb.arguments.end(), {"--pwfile", file.native()});
    }
    initdb_ = box_.start(initdb);
}

void postgres_cluster::await_initdb() {
    const auto status = initdb_.wait(clock::now() + postgres_patience);
    if (!status || !status->success()) {
        throw std::runtime_error(
            fmt::format("initdb failed ({}):\n{}", status ? status->describe() : "no end", log_tail(log())));
    }
    made_ = stage::cluster;
}

void postgres_cluster::launch() {
    auto postgres = made_of("postgres");
    const bool on_loopback = options_.at == address::loopback;
    std::vector<std::string> settings{
        "unix_socket_directories=" + folder_.native(),
        "unix_socket_permissions=0700",
        on_loopback ? "listen_addresses=127.0.0.1" : "listen_addresses=",
        fmt::format("port={}", port_),
        fmt::format("max_connections={}", options_.connections),
        "fsync=on",
        "synchronous_commit=on",
        "full_page_writes=on",
        // In the data folder, so that nothing of a killed one stays behind in /dev/shm.
        "dynamic_shared_memory_type=mmap",
        "log_destination=stderr",
        "logging_collector=off",
    };
    settings.insert(settings.end(), options_.settings.begin(), options_.settings.end());
    for (const auto& setting : settings) {
        postgres.arguments.emplace_back("-c");
        postgres.arguments.push_back(setting);
    }
    postgres.stop_signal = SIGQUIT;  // an immediate shutdown: its data goes with the sandbox
    process_ = box_.start(postgres);
}

void postgres_cluster::await_ready() {
    const auto until = clock::now() + postgres_patience;
    const auto maintenance = url_of("postgres");
    while (PQping(maintenance.c_str()) != PQPING_OK) {
        // The wait ends at once when it ends.
        const auto ended = process_.wait(clock::now() + between_tries);
        if (ended) {
            throw std::runtime_error(
                fmt::format("postgres ended with {}:\n{}", ended->describe(), log_tail(log())));
        }
        if (clock::now() > until) {
            throw std::runtime_error(fmt::format("postgres does not answer:\n{}", log_tail(log())));
        }
    }
    if (made_ == stage::database) return;
    make_database();
    made_ = stage::database;
}

void postgres_cluster::make_database() const {
    const session server(PQconnectdb(url_of("postgres").c_str()), PQfinish);
    const answer made(PQexec(server.get(), "CREATE DATABASE dibs"), PQclear);
    if (PQresultStatus(made.get()) != PGRES_COMMAND_OK) {
        throw std::runtime_error(
            fmt::format("cannot make the database dibs: {}", PQerrorMessage(server.get())));
    }
}

void postgres_cluster::stop() {
    process_.signal(SIGINT);
    if (!process_.wait(clock::now() + postgres_patience)) process_.terminate();
}

void postgres_cluster::kill() {
    orphans left(process_);
    left.signal(SIGKILL);
    process_.kill();
    left.await();
}

void postgres_cluster::pause() {
    paused_.emplace(process_);
    paused_->signal(SIGSTOP);
}

void postgres_cluster::resume() {
    paused_->signal(SIGCONT);
    process_.signal(SIGCONT);
    paused_.reset();
}

std::filesystem::path postgres_cluster::socket() const {
    if (options_.at == address::loopback) return {};
    return folder_ / fmt::format(".s.PGSQL.{}", port_);
}

std::string postgres_cluster::url_at(std::uint16_t relay_port) const {
    const auto password = password_.empty() ? "" : ':' + password_;
    return fmt::format("postgresql://postgres{}@127.0.0.1:{}/dibs", password, relay_port);
}

std::string postgres_cluster::url_of(std::string_view database) const {
    if (options_.at == address::loopback) {
        return fmt::format("postgresql://postgres:{}@127.0.0.1:{}/{}", password_, port_, database);
    }
    return fmt::format("postgresql://postgres@/{}?host={}&port={}", database,
                       percent_encoded(folder_.native()), port_);
}

}  // namespace dibs::sandbox
