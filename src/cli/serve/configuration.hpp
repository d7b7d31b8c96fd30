#pragma once

#include <CLI/CLI.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace dibs::cli {

/// The options of a subcommand from wherever they are set, the same for each: a flag of the command line
/// beats the environment (`--stop-time` is DIBS_STOP_TIME; a variable that is empty is not set), that beats
/// the TOML file (`stop-time = "5s"`), and that the default. A value is checked alike wherever it comes from.
class configuration {
   public:
    /// Fills in what the command line, already read, has left open. `file` may be empty. Nothing is thrown
    /// for what is wrong: see errors().
    configuration(CLI::App& command, const std::string& file);

    /// Each wrong value, unknown key or trouble with the file, with where it is. A value is repeated only
    /// where it is one of a choice or a number.
    const std::vector<std::string>& errors() const { return errors_; }
    /// Variables that look like misspelt ones of ours.
    const std::vector<std::string>& warnings() const { return warnings_; }

    /// What to show of a value, given the option's name: what is secret is left out there.
    using mask = std::function<std::string(std::string_view name, const std::string& value)>;
    /// The whole configuration as TOML, each value with where it comes from.
    std::string describe(const mask& shown) const;

   private:
    struct setting {
        CLI::Option* option;
        std::string name;
        std::string origin = "default";
    };
    void read_environment();
    void read_file(const std::string& path);
    void take(setting& to, const std::vector<std::string>& values, const std::string& origin);
    setting* find(std::string_view name);
    std::string value_of(const setting& one, const mask& shown) const;

    std::vector<setting> settings_;
    std::vector<std::string> errors_;
    std::vector<std::string> warnings_;
};

/// DIBS_STOP_TIME for stop-time.
std::string variable_of(std::string_view option_name);

/// The one of `known` that `word` is a misspelling of, or "": at most two letters differ.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace dibs::cli
