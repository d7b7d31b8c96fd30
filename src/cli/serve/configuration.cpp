#include "cli/serve/configuration.hpp"

#include "cli/serve/settings_file.hpp"

#include <dibs/error.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <numeric>
#include <sstream>

namespace dibs::cli {
namespace {

constexpr std::size_t likely_misspelt = 2;

/// Levenshtein's distance.
std::size_t letters_between(std::string_view one, std::string_view other) {
    std::vector<std::size_t> row(other.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < one.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < other.size(); ++j) {
            const std::size_t replaced = diagonal + (one[i] == other[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, diagonal + 1, row[j] + 1});
        }
    }
    return row.back();
}

bool is_list(const CLI::Option& option) { return option.get_items_expected_max() > 1; }
bool is_flag(const CLI::Option& option) { return option.get_items_expected_max() == 0; }
bool is_of(const CLI::Option& option, std::string_view type) {
    return option.get_type_name().starts_with(type);
}
bool is_number(const CLI::Option& option) { return is_of(option, "INT") || is_of(option, "UINT"); }

std::vector<std::string> words_of(const std::string& text) {
    std::istringstream from(text);
    return {std::istream_iterator<std::string>(from), std::istream_iterator<std::string>()};
}

}  // namespace

std::string variable_of(std::string_view option_name) {
    std::string name = "DIBS_";
    for (const char c : option_name)
        name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return name;
}

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
    std::string best;
    std::size_t least = likely_misspelt + 1;
    for (const auto& one : known) {
        const auto distance = letters_between(word, one);
        if (distance < least && distance < one.size()) best = one, least = distance;
    }
    return best;
}

configuration::configuration(CLI::App& command, const std::string& file) {
    for (auto* option : command.get_options()) {
        const std::string name = option->get_lnames().empty() ? "" : option->get_lnames().front();
        if (name.empty() || name == "help" || name == "config" || name == "check-config") continue;
        settings_.push_back({option, name});
        if (option->count() > 0) settings_.back().origin = "--" + name;
    }
    read_environment();
    if (!file.empty()) read_file(file);
}

configuration::setting* configuration::find(std::string_view name) {
    const auto found = std::find_if(settings_.begin(), settings_.end(),
                                    [name](const setting& one) { return one.name == name; });
    return found == settings_.end() ? nullptr : &*found;
}

void configuration::take(setting& to, const std::vector<std::string>& values, const std::string& origin) {
    if (to.option->count() > 0) return;
    try {
        if (values.size() != 1 && !is_list(*to.option))
            throw CLI::ValidationError(to.name, "takes one value and not an array");
        for (const auto& value : values) to.option->add_result(value);
        if (!values.empty()) to.option->run_callback();
        to.origin = origin;
    } catch (const CLI::Error& wrong) {
        to.option->clear();
        errors_.push_back(fmt::format("{}: {}", origin, wrong.what()));
    }
}

// The environment is read before any other thread is started.
void configuration::read_environment() {
    std::vector<std::string> known{variable_of("config"), variable_of("token-key")};
    for (auto& one : settings_) {
        known.push_back(variable_of(one.name));
        const char* const set = std::getenv(known.back().c_str());
        if (set && *set)
            take(one, is_list(*one.option) ? words_of(set) : std::vector<std::string>{set}, known.back());
    }
    for (char** entry = environ; *entry; ++entry) {
        const std::string_view text(*entry);
        const auto name = text.substr(0, text.find('='));
        if (!name.starts_with("DIBS_") || std::find(known.begin(), known.end(), name) != known.end())
            continue;
        if (const auto meant = nearest(name, known); !meant.empty())
            warnings_.push_back(fmt::format("{} is not read: is {} meant?", name, meant));
    }
}

void configuration::read_file(const std::string& path) {
    std::vector<std::string> names;
    for (const auto& one : settings_) names.push_back(one.name);
    try {
        for (const auto& found : read_settings_file(path)) {
            if (!found.trouble.empty()) {
                errors_.push_back(found.place + ": " + found.trouble);
                continue;
            }
            if (auto* const known = find(found.key)) {
                take(*known, found.values, found.place);
                continue;
            }
            const auto meant = nearest(found.key, names);
            errors_.push_back(fmt::format("{}: there is no setting {}{}", found.place, found.key,
                                          meant.empty() ? "" : ": is " + meant + " meant?"));
        }
    } catch (const error& wrong) {
        errors_.emplace_back(wrong.what());
    }
}

std::string configuration::value_of(const setting& one, const mask& shown) const {
    auto values = one.option->results();
    if (is_of(*one.option, "TIME"))  // CLI11 keeps what it has made of it
        for (auto& value : values) value += "ms";
    if (values.empty() && !one.option->get_default_str().empty())
        values.push_back(one.option->get_default_str());
    if (is_flag(*one.option)) return !values.empty() && values.back() != "false" ? "true" : "false";
    if (values.empty()) return "";
    std::string text;
    for (const auto& value : values)
        text += (text.empty() ? "" : ", ") +
                (is_number(*one.option) ? value : toml_quoted(shown(one.name, value)));
    return is_list(*one.option) ? "[" + text + "]" : text;
}

std::string configuration::describe(const mask& shown) const {
    std::string text;
    for (const auto& one : settings_) {
        const auto value = value_of(one, shown);
        const auto line = value.empty() ? fmt::format("# {} =", one.name) : one.name + " = " + value;
        text += fmt::format("{:<48} # {}\n", line, value.empty() ? "not set" : one.origin);
    }
    return text;
}

}  // namespace dibs::cli
