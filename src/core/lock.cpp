#include <dibs/error.hpp>
#include <dibs/lock.hpp>

#include <algorithm>

namespace dibs {

std::string_view to_string(algorithm kind) {
    switch (kind) {
        case algorithm::database: return "database";
        case algorithm::spinlock: return "spinlock";
        case algorithm::pubsub: return "pubsub";
        case algorithm::queue: return "queue";
        case algorithm::fencing: return "fencing";
        case algorithm::redlock: return "redlock";
    }
    return "unknown";
}

std::optional<algorithm> algorithm_from(std::string_view word) {
    const auto* found = std::find_if(all_algorithms.begin(), all_algorithms.end(),
                                     [word](algorithm kind) { return to_string(kind) == word; });
    if (found == all_algorithms.end()) return std::nullopt;
    return *found;
}

lock_name::lock_name(std::string text) : text_(std::move(text)) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view(":_.-").find(c) != std::string_view::npos;
    };
    if (text_.empty() || text_.size() > 128 || !std::all_of(text_.begin(), text_.end(), allowed))
        throw error(fault::bad_input, "dibs", "lock name",
                    "a name has 1 to 128 characters of A-Z a-z 0-9 : _ . -");
}

}  // namespace dibs
