#include "torture/crew.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <stdexcept>
#include <utility>

namespace dibs::torture {
namespace {

using namespace std::chrono_literals;

constexpr auto time_to_start = 30s;
constexpr auto time_to_end = 30s;

void await_ready(sandbox::process& one) {
    if (one.read_line(sandbox::clock::now() + time_to_start)) return;
    throw std::runtime_error("a worker of dibs torture could not begin: " +
                             one.read_all_errors(sandbox::clock::now() + 1s));
}

}  // namespace

crew::crew(sandbox::supervisor& box, std::vector<std::string> command, orders common)
    : box_(box), command_(std::move(command)), common_(std::move(common)) {
    std::filesystem::create_directories(common_.history);
}

void crew::start(std::size_t workers) {
    for (std::size_t i = 0; i < workers; ++i) running_.push_back(launch());
    for (auto& one : running_) await_ready(one);
}

sandbox::process crew::launch() {
    auto told = common_;
    told.seed = common_.seed * 1000 + started_++;
    told.history = common_.history / fmt::format("worker-{}.history", started_);
    sandbox::program one(command_.front(), {command_.begin() + 1, command_.end()});
    one.arguments.push_back(to_json(told));
    one.standard_output = sandbox::output::pipe();
    one.standard_error = sandbox::output::pipe();
    return box_.start(one);
}

void crew::replace(std::size_t which) {
    running_.at(which) = launch();
    await_ready(running_.at(which));
}

void crew::calm() {
    for (auto& one : running_) one.signal(SIGUSR1);
}

std::vector<std::string> crew::stop() {
    for (auto& one : running_) one.signal(SIGTERM);
    std::vector<std::string> trouble;
    for (auto& one : running_) {
        const auto how = one.wait(sandbox::clock::now() + time_to_end);
        if (how && how->success()) continue;
        trouble.push_back(fmt::format("a worker {}: {}",
                                      how ? "ended with " + how->describe() : "does not end",
                                      one.read_all_errors(sandbox::clock::now() + 1s)));
    }
    running_.clear();
    return trouble;
}

}  // namespace dibs::torture
