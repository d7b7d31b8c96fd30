#pragma once

#include "sandbox/program.hpp"
#include "sandbox/readable.hpp"
#include "sandbox/unique_fd.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace dibs::sandbox {

class channel;

/// A program that a supervisor runs for us. When this goes it is ended: its stop signal, then SIGKILL. When
/// its owner's process goes, however that comes about, the supervisor does the same.
class process {
   public:
    process() = default;
    process(process&& other) noexcept;
    process& operator=(process&& other) noexcept;
    ~process();

    pid_t pid() const { return pid_; }
    bool running();
    /// Throws std::system_error when the supervisor is gone. Nothing happens when the process has ended.
    void signal(int number);
    /// Empty: the time came first, and it still runs.
    std::optional<exit_status> wait(clock::time_point until);
    /// Stop signal, and SIGKILL to one that is still there after `grace`. Returns when it has ended.
    exit_status terminate(clock::duration grace = std::chrono::seconds(5));
    /// SIGKILL. Returns when it has ended.
    exit_status kill();

    /// One line of its piped stdout, without the newline. Empty: it closed its stdout, or the time came
    /// first.
    std::optional<std::string> read_line(clock::time_point until);
    /// What its piped stdout still gives up to its end, or up to that time.
    std::string read_all(clock::time_point until);
    /// The same two for stderr.
    std::optional<std::string> read_error_line(clock::time_point until);
    std::string read_all_errors(clock::time_point until);

    /// Readable when the process has ended (a pidfd): for those who wait for it in an event loop.
    int ended_descriptor() const { return handle_.get(); }

   private:
    friend class supervisor;

    struct pipe_reader {
        unique_fd end;
        std::string buffer;
        bool fill(clock::time_point until);
        std::optional<std::string> line(clock::time_point until);
        std::string all(clock::time_point until);
    };

    std::shared_ptr<channel> channel_;
    std::int32_t id_ = 0;
    pid_t pid_ = 0;
    int stop_signal_ = 0;
    unique_fd handle_;
    pipe_reader output_;
    pipe_reader errors_;
    std::optional<exit_status> ended_;
};

}  // namespace dibs::sandbox
