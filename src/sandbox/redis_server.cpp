#include "sandbox/redis_server.hpp"

#include "core/random.hpp"
#include "sandbox/folder.hpp"
#include "sandbox/log_tail.hpp"
#include "sandbox/redis_ping.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace dibs::sandbox {
namespace {

constexpr std::chrono::seconds redis_patience{60};

}  // namespace

redis_server::redis_server(supervisor& box, redis_options options)
    : box_(box), options_(std::move(options)), folder_(box.folder() / options_.name) {
    const auto found = find_program("redis-server");
    if (!found) {
        throw std::runtime_error(
            "redis-server is not in PATH: install it with scripts/install-deps (Debian package "
            "redis-server)");
    }
    executable_ = *found;
    if (options_.at == address::unix_socket) {
        socket_ = folder_ / "socket";
        check_socket_path(socket_);
    } else {
        port_ = free_port();
        password_ = options_.password.empty() ? random_hex(16) : options_.password;
    }
    std::filesystem::create_directory(folder_);
    std::filesystem::permissions(folder_, std::filesystem::perms::owner_all);
}

void redis_server::start() {
    launch();
    await_ready();
}

void redis_server::launch() {
    program server(executable_, {"--dir", folder_.native(), "--save", "", "--appendonly", "no", "--port",
                                 std::to_string(port_)});
    auto& words = server.arguments;
    if (socket_.empty()) {
        words.insert(words.end(), {"--bind", "127.0.0.1", "--requirepass", password_});
    } else {
        words.insert(words.end(), {"--unixsocket", socket_.native(), "--unixsocketperm", "700"});
    }
    words.insert(words.end(), options_.arguments.begin(), options_.arguments.end());
    server.environment = options_.environment;
    server.standard_output = output::file(log());
    server.standard_error = output::file(log());
    server.stop_signal = SIGKILL;  // at once: its data goes with the sandbox
    process_ = box_.start(server);
}

void redis_server::await_ready() {
    const auto until = clock::now() + redis_patience;
    while (!answers()) {
        // The wait ends at once when it ends.
        const auto ended = process_.wait(clock::now() + std::chrono::milliseconds(2));
        if (ended) {
            throw std::runtime_error(
                fmt::format("redis-server ended with {}:\n{}", ended->describe(), log_tail(log())));
        }
        if (clock::now() > until) {
            throw std::runtime_error(fmt::format("redis-server does not answer:\n{}", log_tail(log())));
        }
    }
}

bool redis_server::answers() const {
    return socket_.empty() ? redis_answers(port_, password_) : redis_answers(socket_);
}

void redis_server::stop() {
    process_.signal(SIGTERM);
    if (!process_.wait(clock::now() + redis_patience)) process_.kill();
}
void redis_server::kill() { process_.kill(); }

std::string redis_server::url() const {
    return socket_.empty() ? url_at(port_) : fmt::format("redis+unix://{}", socket_.native());
}

std::string redis_server::url_at(std::uint16_t relay_port) const {
    if (password_.empty()) return fmt::format("redis://127.0.0.1:{}", relay_port);
    return fmt::format("redis://:{}@127.0.0.1:{}", password_, relay_port);
}

}  // namespace dibs::sandbox
