#include "cli/serve/settings_file.hpp"

#include "core/file_text.hpp"

#include <dibs/error.hpp>

#include <fmt/format.h>
// toml++ 3.3 asserts that what follows a `[` begins a key, and refuses it in words where it does not.
#define TOML_ASSERT(expression) static_assert(true)
#include <toml++/toml.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <sstream>
#include <string_view>

namespace dibs::cli {
namespace {

std::optional<std::string> text_of(const toml::node& value) {
    if (const auto* text = value.as_string()) return text->get();
    if (const auto* number = value.as_integer()) return std::to_string(number->get());
    if (const auto* number = value.as_floating_point()) return fmt::format("{}", number->get());
    if (const auto* flag = value.as_boolean()) return flag->get() ? "true" : "false";
    return std::nullopt;
}

file_setting setting_from(const std::string& path, const toml::key& key, const toml::node& value) {
    file_setting made{std::string(key.str()), {}, fmt::format("{}:{}", path, key.source().begin.line), {}};
    const auto add = [&made](const toml::node& one) {
        const auto text = text_of(one);
        if (text)
            made.values.push_back(*text);
        else
            made.trouble = made.key + " must be a string, a number, true or false, or an array of them";
    };
    if (value.is_table())
        made.trouble = "there are no tables: leave out [" + made.key + "]";
    else if (const auto* all = value.as_array())
        for (const auto& one : *all) add(one);
    else
        add(value);
    return made;
}

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

/// How long the string is, or the comment, that the text begins with.
std::size_t quoted_length(std::string_view text) {
    const char quote = text.front();
    if (quote == '#') return std::min(text.find('\n'), text.size());
    const std::string_view three = text.substr(0, 3);
    const bool many_lines = three == "\"\"\"" || three == "'''";
    const std::string_view end = text.substr(0, many_lines ? 3 : 1);
    for (std::size_t at = end.size(); at < text.size(); ++at) {
        if (text.substr(at, end.size()) == end) return at + end.size();
        if (!many_lines && text[at] == '\n') return at;
        if (quote == '"' && text[at] == '\\') ++at;
    }
    return text.size();
}

bool beyond_ascii(char c) { return static_cast<unsigned char>(c) >= 0x80; }

/// toml++ 3.3 does whatever it likes where characters beyond ASCII stand at a wrong place. So it sees none:
/// comments are blanked, and elsewhere they are refused.
std::string in_ascii(std::string text, const std::string& path) {
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        const bool quoted = c == '"' || c == '\'' || c == '#';
        const std::size_t length = quoted ? quoted_length(std::string_view(text).substr(at)) : 1;
        const auto begin = text.begin() + static_cast<std::ptrdiff_t>(at);
        const auto end = begin + static_cast<std::ptrdiff_t>(length);
        if (c == '#')
            std::replace_if(begin, end, beyond_ascii, '?');
        else if (const auto found = std::find_if(begin, end, beyond_ascii); found != end)
            throw error(fault::bad_input, "configuration",
                        fmt::format("{}:{}", path, 1 + std::count(text.begin(), found, '\n')),
                        "write characters beyond ASCII as \"\\u00e9\"");
        at += length;
    }
    return text;
}

toml::table parsed(std::string_view text, const std::string& path) try {
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    return toml::parse(in_ascii(std::string(text), path), path);
} catch (const toml::parse_error& wrong) {
    const auto place = fmt::format("{}:{}", path, wrong.source().begin.line);
    throw error(fault::bad_input, "configuration", place, std::string(wrong.description()));
}

}  // namespace

std::vector<file_setting> read_settings_file(const std::string& path) {
    const auto text = file_text(path);
    if (!text) throw error(fault::bad_input, "configuration", path, "the file cannot be read");
    return settings_in(*text, path);
}

std::vector<file_setting> settings_in(std::string_view text, const std::string& path) {
    const toml::table all = parsed(text, path);
    std::vector<std::pair<toml::source_index, file_setting>> found;
    for (const auto& [key, value] : all)
        found.emplace_back(key.source().begin.line, setting_from(path, key, value));
    std::sort(found.begin(), found.end(),
              [](const auto& one, const auto& other) { return one.first < other.first; });
    std::vector<file_setting> settings;
    for (auto& [line, setting] : found) settings.push_back(std::move(setting));
    return settings;
}

std::string toml_quoted(const std::string& text) {
    std::ostringstream made;
    // Not over several lines: toml++ 3.3 loses a line feed at the beginning.
    const toml::value<std::string> value(text);
    made << toml::toml_formatter(value, toml::format_flags::allow_literal_strings);
    return made.str();
}

}  // namespace dibs::cli
