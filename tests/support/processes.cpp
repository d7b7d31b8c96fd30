#include "tests/support/processes.hpp"

#include "sandbox/process_table.hpp"

#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>

namespace dibs::tests {
namespace {

using sandbox::clock;

constexpr std::chrono::seconds patience{60};

bool exists(pid_t pid) {
    return std::filesystem::exists(std::filesystem::path("/proc") / std::to_string(pid));
}

// There is nothing to wait on for a process that is no child of ours, nor for a folder to go.
template <class Condition>
bool poll_until(clock::time_point until, const Condition& condition) {
    while (!condition()) {
        if (clock::now() > until) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
}

}  // namespace

std::vector<pid_t> descendants_of(pid_t ancestor) {
    auto found = sandbox::children_of(ancestor);
    for (std::size_t next = 0; next < found.size(); ++next) {
        for (const pid_t child : sandbox::children_of(found[next])) found.push_back(child);
    }
    return found;
}

sandbox::exit_status end_of(sandbox::process& one) {
    if (const auto status = one.wait(clock::now() + patience)) return *status;
    throw std::runtime_error("process " + std::to_string(one.pid()) + " does not end");
}

std::string next_line(sandbox::process& from) {
    if (auto line = from.read_line(clock::now() + patience)) return *line;
    throw std::runtime_error("no line came; stderr: " + from.read_all_errors(clock::now()));
}

void await_handler(pid_t process, int signal) {
    const auto status = std::filesystem::path("/proc") / std::to_string(process) / "status";
    const auto handled = [&] {
        std::ifstream lines(status);
        for (std::string line; std::getline(lines, line);) {
            if (line.starts_with("SigCgt:"))
                return (std::stoull(line.substr(7), nullptr, 16) >> (signal - 1) & 1U) != 0;
        }
        throw std::runtime_error("process " + std::to_string(process) + " has ended");
    };
    if (!poll_until(clock::now() + patience, handled))
        throw std::runtime_error("process " + std::to_string(process) + " does not handle the signal");
}

std::vector<pid_t> await_gone(std::vector<pid_t> processes, clock::time_point until) {
    poll_until(until, [&] {
        std::erase_if(processes, [](pid_t pid) { return !exists(pid); });
        return processes.empty();
    });
    return processes;
}

bool await_gone(const std::filesystem::path& folder, clock::time_point until) {
    return poll_until(until, [&] { return !std::filesystem::exists(folder); });
}

bool await_there(const std::filesystem::path& file, clock::time_point until) {
    return poll_until(until, [&] { return std::filesystem::exists(file); });
}

}  // namespace dibs::tests
