#pragma once

#include <dibs/observer.hpp>

#include <memory>

namespace prometheus {
class Registry;
}

/// In a library of its own, which needs prometheus-cpp: `find_package(dibs COMPONENTS prometheus)` and the
/// target `dibs::prometheus`.
namespace dibs {

/// Counts what happens to locks in a registry of prometheus-cpp that the program exposes as it likes. One may
/// serve several clients. Labels say the algorithm and never a lock's name, of which there may be any number:
/// - dibs_lock_wait_seconds{algorithm,outcome}: histogram, of every acquire()
/// - dibs_lock_hold_seconds{algorithm}: histogram
/// - dibs_lock_tries{algorithm}: histogram, of every grant
/// - dibs_lock_handoffs_total{algorithm,from="none|local|remote"}: grants, by how they were come by
/// - dibs_lock_releases_total{algorithm,outcome}
/// - dibs_lock_leases_lost_total{algorithm}
/// - dibs_lock_renewal_lag_seconds{algorithm}: histogram, how long after it was due a renewal was answered
std::shared_ptr<observer> prometheus_observer(std::shared_ptr<prometheus::Registry> registry);

}  // namespace dibs
