#pragma once

#include "sandbox/supervisor.hpp"
#include "torture/orders.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace dibs::torture {

/// The worker processes that contend for the names of one algorithm.
class crew {
   public:
    /// `command`: the program and its first words; a worker's orders come behind them. `common` is what all
    /// are told; each gets a seed of its own, and a history file in the folder that `common.history` names.
    crew(sandbox::supervisor& box, std::vector<std::string> command, orders common);

    /// Starts so many and waits until they are ready. Throws std::runtime_error.
    void start(std::size_t workers);

    std::size_t size() const { return running_.size(); }
    void pause(std::size_t which) { running_.at(which).signal(SIGSTOP); }
    void resume(std::size_t which) { running_.at(which).signal(SIGCONT); }
    void kill(std::size_t which) { running_.at(which).kill(); }
    /// Nobody holds a lock for long any more: see work().
    void calm();
    /// Another in its place.
    void replace(std::size_t which);

    /// Asks all to end. Returns what those said who did not end well.
    std::vector<std::string> stop();

    const orders& told() const { return common_; }

   private:
    sandbox::process launch();

    sandbox::supervisor& box_;
    std::vector<std::string> command_;
    orders common_;
    std::uint64_t started_ = 0;
    std::vector<sandbox::process> running_;
};

}  // namespace dibs::torture
