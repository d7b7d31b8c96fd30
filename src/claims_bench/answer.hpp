#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace dibs::claims_bench {

/// An HTTP answer as this service writes them, looked at and not understood: what measures must cost less
/// than what is measured.
struct answer {
    int status = 0;
    std::string_view body;
    std::size_t size = 0;  ///< header and body
};

/// Empty: some of it is still to come. Throws std::runtime_error for what has no status or no length.
std::optional<answer> read_answer(std::string_view received);

/// The number behind `"id":` in the body of an issued claim; empty: there is none.
std::optional<std::int64_t> claim_id_in(std::string_view body);

}  // namespace dibs::claims_bench
