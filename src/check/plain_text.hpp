#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dibs::check {

/// What a history says, for a terminal or a picture: UTF-8 without control characters and changes of
/// direction (each a '?'), cut with an ellipsis where it has more than so many columns (1 at least).
std::string plain(std::string_view text, std::size_t columns);
/// The same, but cut in its middle: ids often differ in their last characters only.
std::string abridged(std::string_view text, std::size_t columns);
/// As plain(), filled up with spaces.
std::string padded(std::string_view text, std::size_t columns);

}  // namespace dibs::check
