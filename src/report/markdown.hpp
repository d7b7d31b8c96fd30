#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dibs::report {

/// A Markdown table with padded columns. The first row is the heading; all rows have as many cells.
std::string markdown_table(const std::vector<std::vector<std::string>>& rows);

/// `a`, `a and b`, `a, b and c`.
std::string list_text(const std::vector<std::string>& words);

/// For the cell of a table.
std::string escaped_cell(std::string_view text);

}  // namespace dibs::report
