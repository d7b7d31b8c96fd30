#include "cli/settings_file.hpp"

#include <dibs/error.hpp>

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
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

toml::table parsed_file(const std::string& path) try {
    return toml::parse_file(path);
} catch (const toml::parse_error& wrong) {
    const auto line = wrong.source().begin.line;
    const auto place = line ? fmt::format("{}:{}", path, line) : path;
    throw error(fault::bad_input, "configuration", place, std::string(wrong.description()));
}

}  // namespace

std::vector<file_setting> read_settings_file(const std::string& path) {
    const toml::table all = parsed_file(path);
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
    made << toml::value<std::string>(text);
    return made.str();
}

}  // namespace dibs::cli
