#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace dibs::faults {

/// Which way bytes go.
enum class direction { to_server, to_client };

/// One of the two whom a proxy stands between.
enum class side { client, server };

/// What becomes of bytes that do not get through.
enum class black_hole {
    none,  ///< they get through
    /// They wait and are delivered after healing, as TCP does it over a link that comes back in time. When 64
    /// KiB wait the proxy reads no more, and the sender's own buffers fill.
    hold,
    /// They are lost, as where the other host has forgotten the connection. No stream goes on behind a gap: a
    /// connection that has lost bytes is reset at healing.
    drop
};

/// What becomes of clients that connect.
enum class admission {
    open,
    refuse,  ///< nobody listens (ECONNREFUSED)
    hang     ///< the kernel accepts them, nobody serves them until healing
};

/// The state of one direction of a link; as it is made, a perfect one.
struct link_conditions {
    /// Every byte is under way for at least this long. At most 64 KiB are under way, which bounds the
    /// throughput to 64 KiB for each latency.
    std::chrono::nanoseconds latency{0};
    /// Added to the latency of each chunk, uniformly between 0 and this; no byte overtakes another.
    std::chrono::nanoseconds jitter{0};
    /// 0: no limit. Up to 10 ms' worth goes out at once.
    std::uint64_t bytes_per_second = 0;
    /// At most so many bytes go out in one write; 0: no limit.
    std::size_t slice = 0;
    black_hole hole = black_hole::none;
};

}  // namespace dibs::faults
