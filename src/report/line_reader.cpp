#include "report/line_reader.hpp"

#include "report/runs.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace dibs::report {
namespace {

constexpr std::size_t first_size = std::size_t{1} << 18U;
constexpr std::size_t longest_line = std::size_t{1} << 24U;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

}  // namespace

line_reader::line_reader(std::istream& text, std::string file)
    : text_(text), file_(std::move(file)), buffer_(first_size) {}

std::optional<std::string_view> line_reader::next() {
    std::size_t searched = 0;
    for (;;) {
        const char* const from = buffer_.data() + begin_ + searched;
        const auto* const found = static_cast<const char*>(std::memchr(from, '\n', end_ - begin_ - searched));
        if (found != nullptr) {
            const auto line = take(static_cast<std::size_t>(found - buffer_.data()) - begin_);
            ++begin_;  // the line end
            return line;
        }
        searched = end_ - begin_;
        if (fill()) continue;
        if (begin_ == end_) return std::nullopt;
        return take(end_ - begin_);
    }
}

bool line_reader::fill() {
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
              buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
    end_ -= std::exchange(begin_, 0);
    if (end_ == longest_line)
        throw unreadable(file_, lines_ + 1, "this line is over 16 MiB long; is it a log?");
    if (end_ == buffer_.size()) buffer_.resize(buffer_.size() * 2);
    text_.read(buffer_.data() + end_, static_cast<std::streamsize>(buffer_.size() - end_));
    if (text_.bad()) throw unreadable(file_, lines_ + 1, "cannot be read on from here");
    end_ += static_cast<std::size_t>(text_.gcount());
    return text_.gcount() > 0;
}

std::string_view line_reader::take(std::size_t length) {
    std::string_view line(buffer_.data() + begin_, length);
    begin_ += length;
    if (lines_++ == 0 && line.starts_with(byte_order_mark)) line.remove_prefix(byte_order_mark.size());
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

}  // namespace dibs::report
