#pragma once

#include "soak/soak.hpp"

#include <string>

namespace dibs::soak {

/// A table of what was done, what was seen and what must be zero, and below it what was wrong. Markdown.
std::string summary_text(const soak_plan& plan, const soak_result& done);
/// The same figures.
std::string summary_json(const soak_plan& plan, const soak_result& done);

}  // namespace dibs::soak
