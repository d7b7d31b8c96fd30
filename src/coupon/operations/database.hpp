#pragma once

#include "postgres/target.hpp"

#include <string>

namespace dibs::coupon {

/// The service's database, with the settings that its sessions have: what they are acknowledged for is
/// durable, and statements get the plans they are written for.
postgres::target database_of(const std::string& conninfo);

}  // namespace dibs::coupon
