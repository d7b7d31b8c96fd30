#include <dibs/error.hpp>

#include <fmt/format.h>

#include <utility>

namespace dibs {

std::string_view to_string(fault kind) {
    switch (kind) {
        case fault::unavailable: return "unavailable";
        case fault::in_doubt: return "in doubt";
        case fault::timeout: return "timed out";
        case fault::refused: return "refused";
        case fault::closed: return "closed";
        case fault::exhausted: return "exhausted";
        case fault::bad_input: return "bad input";
    }
    return "unknown";
}

error::error(fault kind, std::string backend, std::string subject, const std::string& cause)
    : std::runtime_error(fmt::format("{}: {}: {}: {}", backend, to_string(kind), subject, cause)),
      kind_(kind),
      backend_(std::move(backend)),
      subject_(std::move(subject)) {}

}  // namespace dibs
