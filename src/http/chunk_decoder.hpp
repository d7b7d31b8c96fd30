#pragma once

#include "http/request_limits.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dibs::http {

/// Takes a chunked body apart and refuses what two readers might take differently: sizes that are not bare
/// hexadecimal digits, lines that do not end with CR LF, extensions that are not tokens, trailers that are no
/// fields or that belong into a header. Extensions and trailers are dropped. Pure.
class chunk_decoder {
   public:
    explicit chunk_decoder(request_limits limits) : limits_(limits) {}

    enum class finding { incomplete, complete, malformed, body_too_large, lines_too_large };
    /// Takes what it understands off the front of `received`; the rest is to be given again with what
    /// follows.
    finding take(std::string_view& received);

    const std::string& body() const { return body_; }

   private:
    enum class part { size_line, data, data_end, trailer };

    finding take_line(std::string_view& received);
    finding read_size(std::string_view line);
    finding read_trailer(std::string_view line);

    request_limits limits_;
    part next_ = part::size_line;
    std::uint64_t missing_ = 0;    // of the chunk's data
    std::size_t extra_bytes_ = 0;  // extensions and trailers so far
    std::string body_;
};

}  // namespace dibs::http
