#include "cli/command_line.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <string_view>

namespace dibs::cli {
namespace {

/// What a shell would have to be given.
std::string typed_word(const std::string& word) {
    const auto is_plain = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
               std::string_view("-_./:=,@%+").find(c) != std::string_view::npos;
    };
    if (!word.empty() && std::ranges::all_of(word, is_plain)) return word;
    std::string text = "'";
    for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return text + "'";
}

}  // namespace

std::string command_line_of(const std::vector<std::string>& words, const value_shown& shown) {
    std::string line;
    std::string before;
    for (const auto& word : words) {
        const auto mark = word.find('=');
        const bool joined = word.starts_with("--") && mark != std::string::npos;
        const auto text = joined
                              ? word.substr(0, mark + 1) + shown(word.substr(0, mark), word.substr(mark + 1))
                              : shown(before, word);
        line += line.empty() ? std::filesystem::path(word).filename().native() : ' ' + typed_word(text);
        // an option may take several values
        if (word.starts_with('-')) before = joined ? word.substr(0, mark) : word;
    }
    return line;
}

}  // namespace dibs::cli
