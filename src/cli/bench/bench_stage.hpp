#pragma once

#include "experiment/bench_outline.hpp"
#include "experiment/cpu_time.hpp"
#include "experiment/service_processes.hpp"
#include "sandbox/servers.hpp"
#include "sandbox/supervisor.hpp"

#include <optional>
#include <string>
#include <vector>

namespace dibs::cli {

/// This machine, and the versions that the servers tell. Blocks; throws dibs::error where one does not
/// answer.
experiment::machine machine_with(const experiment::server_urls& servers);

/// The servers that a bench runs on: those given, or a sandbox. Either way a supervisor ends our processes
/// with us.
class bench_stage {
   public:
    /// Of our own, with masters for redlock. Blocks; throws std::runtime_error.
    bench_stage();
    explicit bench_stage(experiment::server_urls given);

    const experiment::server_urls& urls() const { return urls_; }
    /// Not of servers that were given.
    sandbox::servers& own() { return *own_; }
    sandbox::supervisor& supervisor() { return own_ ? own_->supervisor() : *box_; }
    /// Those of the servers that are ours.
    experiment::parties parties();
    experiment::server_owner owner() const {
        return own_ ? experiment::server_owner::ours : experiment::server_owner::given;
    }

   private:
    std::optional<sandbox::servers> own_;
    std::optional<sandbox::supervisor> box_;
    experiment::server_urls urls_;
};

}  // namespace dibs::cli
