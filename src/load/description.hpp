#pragma once

#include "load/generator.hpp"

#include <boost/json/object.hpp>

#include <string>

namespace dibs::load {

/// What dibs knows of a run beside k6's metrics: scenario, strategy, seed, what became of the claims, and how
/// well the generator kept time.
boost::json::object describe(const scenario& asked, const run_result& done);

/// Its executor, stages and grace.
boost::json::object describe_scenario(const scenario& asked);

/// How well the generator kept time.
boost::json::object describe(const generator_report& seen);

/// A line that says by how much the generator was late, and whether by its own doing; empty when it was no
/// bottleneck.
std::string bottleneck_warning(const generator_report& seen);

}  // namespace dibs::load
