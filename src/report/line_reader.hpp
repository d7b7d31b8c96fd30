#pragma once

#include <cstddef>
#include <istream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dibs::report {

/// A text's lines, one after the other, without reading it whole. Lines may end with CR LF; a byte order
/// mark at the beginning is left out.
class line_reader {
   public:
    /// `file` is what errors call the text.
    line_reader(std::istream& text, std::string file);

    /// Valid until the next call; empty at the end. Throws unreadable for a line of over 16 MiB and for
    /// trouble with the file.
    std::optional<std::string_view> next();

   private:
    bool fill();
    std::string_view take(std::size_t length);

    std::istream& text_;
    std::string file_;
    std::vector<char> buffer_;
    std::size_t begin_ = 0;  // of what was read and not taken yet
    std::size_t end_ = 0;
    std::size_t lines_ = 0;
};

}  // namespace dibs::report
