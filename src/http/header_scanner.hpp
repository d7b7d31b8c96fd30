#pragma once

#include <cstddef>
#include <string_view>

namespace dibs::http {

/// Finds where a header ends in what has arrived so far, and refuses the line ends and folds that two readers
/// may take differently. Pure.
class header_scanner {
   public:
    enum class finding { incomplete, complete, bare_line_feed, folded };

    /// `received` begins with the request's first byte and only grows until restart().
    finding scan(std::string_view received);
    /// Of the header with its empty line, when it is complete.
    std::size_t size() const { return line_; }
    void restart() { line_ = 0; }

   private:
    std::size_t line_ = 0;  // where the line begins that is not whole yet
};

}  // namespace dibs::http
