#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dibs::cli {

/// A key of a TOML file with its value, or its values where it is an array.
struct file_setting {
    std::string key;
    std::vector<std::string> values;
    std::string place;    ///< `FILE:LINE`
    std::string trouble;  ///< what is wrong with the value; empty: nothing
};

/// Reads keys with strings, numbers, booleans, or arrays of them; in the order of the file. Throws
/// dibs::error (bad_input) with file and line for what is no TOML.
std::vector<file_setting> read_settings_file(const std::string& path);
/// The same of a text that stands in the file. Pure.
std::vector<file_setting> settings_in(std::string_view text, const std::string& path);

/// As TOML writes a string.
std::string toml_quoted(const std::string& text);

}  // namespace dibs::cli
