#include "http/chunk_decoder.hpp"

#include "http/characters.hpp"
#include "http/framing.hpp"

#include <algorithm>
#include <charconv>

namespace dibs::http {
namespace {

constexpr std::size_t most_digits = 16;

/// `;name` or `;name=value`, any number of them. Quoted values are refused: nobody sends them, and readers
/// differ about what may stand in them.
bool are_extensions(std::string_view text) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(';', 1), text.size());
        const std::string_view one = text.substr(1, end - 1);
        const std::size_t sign = std::min(one.find('='), one.size());
        if (text.front() != ';' || !is_token(one.substr(0, sign))) return false;
        if (sign < one.size() && !is_token(one.substr(sign + 1))) return false;
        text.remove_prefix(end);
    }
    return true;
}

}  // namespace

chunk_decoder::finding chunk_decoder::take(std::string_view& received) {
    auto found = finding::incomplete;
    while (!received.empty() && found == finding::incomplete) {
        if (next_ == part::data) {
            const std::size_t size = std::min<std::uint64_t>(missing_, received.size());
            body_ += received.substr(0, size);
            received.remove_prefix(size);
            missing_ -= size;
            if (missing_ == 0) next_ = part::data_end;
        } else {
            const std::size_t before = received.size();
            found = take_line(received);
            if (received.size() == before) break;
        }
    }
    return found;
}

chunk_decoder::finding chunk_decoder::take_line(std::string_view& received) {
    const std::size_t feed = received.find('\n');
    if (std::min(feed, received.size()) > limits_.header_bytes) return finding::lines_too_large;
    if (feed == std::string_view::npos) return finding::incomplete;
    if (feed == 0 || received[feed - 1] != '\r') return finding::malformed;
    const std::string_view line = received.substr(0, feed - 1);
    received.remove_prefix(feed + 1);
    if (next_ == part::size_line) return read_size(line);
    if (next_ == part::trailer) return read_trailer(line);
    next_ = part::size_line;
    return line.empty() ? finding::incomplete : finding::malformed;
}

chunk_decoder::finding chunk_decoder::read_size(std::string_view line) {
    const auto [end, failed] = std::from_chars(line.data(), line.data() + line.size(), missing_, 16);
    const auto digits = static_cast<std::size_t>(end - line.data());
    if (failed != std::errc() || digits > most_digits || !are_extensions(line.substr(digits)))
        return finding::malformed;
    if (missing_ > limits_.body_bytes - body_.size()) return finding::body_too_large;
    extra_bytes_ += line.size() - digits;
    if (extra_bytes_ > limits_.header_bytes) return finding::lines_too_large;
    next_ = missing_ == 0 ? part::trailer : part::data;
    return finding::incomplete;
}

chunk_decoder::finding chunk_decoder::read_trailer(std::string_view line) {
    if (line.empty()) return finding::complete;
    const std::size_t colon = std::min(line.find(':'), line.size());
    const std::string_view name = line.substr(0, colon);
    if (colon == line.size() || !is_token(name) || !is_field_value(line) || !may_trail(name))
        return finding::malformed;
    extra_bytes_ += line.size();
    return extra_bytes_ > limits_.header_bytes ? finding::lines_too_large : finding::incomplete;
}

}  // namespace dibs::http
