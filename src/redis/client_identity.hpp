#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace dibs::redis {

/// One connection of ours as its server knows it. Ids begin anew when a server starts: only with the name,
/// which is random, is it certain whose connection an id is.
struct client_identity {
    std::int64_t id = 0;  ///< CLIENT ID
    std::string name;     ///< CLIENT SETNAME

    auto operator<=>(const client_identity&) const = default;
};

}  // namespace dibs::redis
