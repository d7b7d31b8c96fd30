#include "torture/cell.hpp"

namespace dibs::torture {
namespace {

using namespace std::chrono_literals;

constexpr auto recovery_beyond_lease = 1s;

bool harmed(const cell& seen) { return seen.overlaps > 0 || seen.stale_writes_accepted > 0; }

bool promise_held(const cell& seen, promise expected) {
    switch (expected) {
        case promise::live: return !harmed(seen);
        case promise::safe: return seen.stale_writes_accepted == 0;
        case promise::unsafe: break;
    }
    return true;
}

}  // namespace

verdict judge(const cell& seen) {
    const auto expected = promise_of(seen.kind, seen.what).value_or(promise::live);
    if (!seen.broken.empty() || !promise_held(seen, expected)) return verdict::violated;
    if (!seen.recovery || *seen.recovery > seen.lease + recovery_beyond_lease) return verdict::not_recovered;
    if (expected != promise::unsafe) return verdict::kept;
    return harmed(seen) ? verdict::unsafe_by_design : verdict::not_provoked;
}

bool is_failure(verdict found) { return found == verdict::violated || found == verdict::not_recovered; }

std::string describe(verdict found, promise expected) {
    switch (found) {
        case verdict::kept: return std::string(to_string(expected));
        case verdict::unsafe_by_design: return "unsafe by design";
        case verdict::not_provoked: return "not provoked";
        case verdict::not_recovered: return "not recovered";
        case verdict::violated: break;
    }
    return "VIOLATED";
}

}  // namespace dibs::torture
