#include "sandbox/process.hpp"

#include "sandbox/channel.hpp"

#include <array>
#include <cerrno>
#include <system_error>

namespace dibs::sandbox {
process::process(process&& other) noexcept = default;

process& process::operator=(process&& other) noexcept {
    process old(std::move(*this));
    channel_ = std::move(other.channel_);
    id_ = other.id_;
    pid_ = other.pid_;
    stop_signal_ = other.stop_signal_;
    handle_ = std::move(other.handle_);
    output_ = std::move(other.output_);
    errors_ = std::move(other.errors_);
    ended_ = other.ended_;
    return *this;
}

process::~process() {
    if (!channel_ || ended_) return;
    try {
        terminate();
    } catch (const std::system_error&) {
        // The supervisor is gone, and all that it started with it.
    }
}

bool process::running() { return channel_ && !wait(clock::now()); }

void process::signal(int number) {
    if (channel_) channel_->ask({wire::operation::signal, id_, number});
}

std::optional<exit_status> process::wait(clock::time_point until) {
    if (ended_) return ended_;
    if (!await_readable(handle_.get(), until)) return std::nullopt;
    const auto received = channel_->ask({wire::operation::status, id_, 0});
    const auto told = wire::split<wire::answer>(received).first;
    if (told.ended != 0) ended_ = exit_status(told.wait_status);
    return ended_;
}

exit_status process::terminate(clock::duration grace) {
    signal(stop_signal_);
    if (const auto status = wait(clock::now() + grace)) return *status;
    return kill();
}

exit_status process::kill() {
    signal(SIGKILL);
    for (;;) {
        if (const auto status = wait(clock::time_point::max())) return *status;
    }
}

std::optional<std::string> process::read_line(clock::time_point until) { return output_.line(until); }
std::string process::read_all(clock::time_point until) { return output_.all(until); }
std::optional<std::string> process::read_error_line(clock::time_point until) { return errors_.line(until); }
std::string process::read_all_errors(clock::time_point until) { return errors_.all(until); }

// False: nothing more comes, or not in time.
bool process::pipe_reader::fill(clock::time_point until) {
    if (!end || !await_readable(end.get(), until)) return false;
    std::array<char, 4096> block;
    const auto size = ::read(end.get(), block.data(), block.size());
    if (size < 0) return errno == EINTR;
    buffer.append(block.data(), static_cast<std::size_t>(size));
    return size > 0;
}

std::optional<std::string> process::pipe_reader::line(clock::time_point until) {
    while (buffer.find('\n') == std::string::npos) {
        if (!fill(until)) return std::nullopt;
    }
    const auto length = buffer.find('\n');
    auto first = buffer.substr(0, length);
    buffer.erase(0, length + 1);
    return first;
}

std::string process::pipe_reader::all(clock::time_point until) {
    while (fill(until)) {
    }
    return std::exchange(buffer, {});
}

}  // namespace dibs::sandbox
