#include "http/header_scanner.hpp"

namespace dibs::http {

header_scanner::finding header_scanner::scan(std::string_view received) {
    for (;;) {
        const std::size_t feed = received.find('\n', line_);
        if (feed == std::string_view::npos) return finding::incomplete;
        if (feed == line_ || received[feed - 1] != '\r') return finding::bare_line_feed;
        if (received[line_] == ' ' || received[line_] == '\t') return finding::folded;
        const bool empty = feed == line_ + 1;
        line_ = feed + 1;
        if (empty) return finding::complete;
    }
}

}  // namespace dibs::http
