#include "report/markdown.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

namespace dibs::report {
namespace {

/// As fmt counts when it pads: East Asian characters are two columns wide, and never more than their bytes.
std::size_t columns_of(const std::string& text) {
    return 2 * text.size() - fmt::formatted_size("{:<{}}", text, text.size());
}

std::string line(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
    std::string made = "|";
    for (std::size_t i = 0; i < cells.size(); ++i) made += fmt::format(" {:<{}} |", cells[i], widths[i]);
    return made + "\n";
}

}  // namespace

std::string markdown_table(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths(rows.front().size(), 3);
    for (const auto& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], columns_of(row[i]));
    std::vector<std::string> rules;
    for (const auto columns : widths) rules.emplace_back(columns, '-');
    std::string table = line(rows.front(), widths) + line(rules, widths);
    for (std::size_t i = 1; i < rows.size(); ++i) table += line(rows[i], widths);
    return table;
}

std::string list_text(const std::vector<std::string>& words) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i)
        text += (i == 0 ? "" : i + 1 == words.size() ? " and " : ", ") + words[i];
    return text;
}

std::string escaped_cell(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        if (c == '|') escaped += '\\';
        escaped += c;
    }
    return escaped;
}

}  // namespace dibs::report
