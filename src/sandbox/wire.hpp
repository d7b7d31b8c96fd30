#pragma once

#include "sandbox/program.hpp"
#include "sandbox/unique_fd.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What an owner and its supervisor say to each other over a socket pair (SOCK_SEQPACKET: whole messages).
namespace dibs::sandbox::wire {

enum class operation : std::int32_t { start, signal, status };

/// Followed by an encoded program where it is to start one; its stdout and stderr travel as descriptors.
struct request {
    operation what = operation::status;
    std::int32_t id = 0;      ///< of the process, given by the supervisor
    std::int32_t signal = 0;  ///< for operation::signal
};

/// At which step a program could not be started.
enum class step : std::int32_t { none, folder, fork, user, working_directory, execute };

/// Where it answers a start, the pidfd travels with it. The first of all tells of the folder, whose path
/// follows.
struct answer {
    std::int32_t id = 0;
    std::int32_t pid = 0;
    std::int32_t error = 0;  ///< errno of what failed
    step failed = step::none;
    std::int32_t ended = 0;
    std::int32_t wait_status = 0;
};

struct message {
    std::string bytes;
    std::vector<unique_fd> descriptors;
};

/// Throws std::system_error.
void send(int socket, std::string_view bytes, const std::vector<int>& descriptors = {});
/// Empty: the other side is gone.
std::optional<message> receive(int socket);

std::string encode(const program& what);
/// Its outputs are not part of it: they were opened by the owner.
program decode(std::string_view bytes);

template <class Head>
std::string_view bytes_of(const Head& head) {
    return {reinterpret_cast<const char*>(&head), sizeof head};
}

/// The fixed part that a message begins with, and what follows it.
template <class Head>
std::pair<Head, std::string_view> split(const message& received) {
    Head head;
    std::string_view rest = received.bytes;
    rest.copy(reinterpret_cast<char*>(&head), sizeof head);
    rest.remove_prefix(std::min(sizeof head, rest.size()));
    return {head, rest};
}

}  // namespace dibs::sandbox::wire
