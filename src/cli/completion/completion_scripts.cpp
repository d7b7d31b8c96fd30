#include "cli/completion/completion_scripts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace dibs::cli {
namespace {

std::string words(const std::vector<std::string>& all) { return fmt::format("{}", fmt::join(all, " ")); }

/// For single quotes of any of the three shells.
std::string shell_word(std::string_view text) {
    std::string made = "'";
    for (const char c : text) {
        if (c == '\'')
            made += "'\\''";
        else
            made += c;
    }
    return made + "'";
}

std::vector<std::string> option_names(const completed_command& command) {
    std::vector<std::string> names;
    for (const auto& option : command.options)
        names.insert(names.end(), option.names.begin(), option.names.end());
    return names;
}

/// The branches of a `case` over "COMMAND OPTION" that say what the option's value may be; `line` says it.
template <class Line>
std::string cases_of_values(const std::vector<completed_command>& commands, const Line& line) {
    std::string text;
    for (const auto& command : commands)
        for (const auto& option : command.options) {
            if (!option.takes_value) continue;
            std::vector<std::string> patterns;
            for (const auto& name : option.names) patterns.push_back(shell_word(command.path + " " + name));
            text += fmt::format("    {}) {} ;;\n", fmt::join(patterns, "|"), line(words(option.values)));
        }
    return text;
}

/// The branches that follow the words typed so far down to a subcommand.
std::string cases_of_path(const std::vector<completed_command>& commands) {
    std::string text;
    for (const auto& command : commands) {
        if (command.path.empty()) continue;
        const auto slash = command.path.rfind('/');
        const auto parent = slash == std::string::npos ? "" : command.path.substr(0, slash);
        const auto name = slash == std::string::npos ? command.path : command.path.substr(slash + 1);
        text += fmt::format("      {}) command={} ;;\n", shell_word(parent + " " + name),
                            shell_word(command.path));
    }
    return text;
}

/// The branches that say what may come next of a command: `next` has subcommands and values, `options` the
/// options.
std::string cases_of_commands(const std::vector<completed_command>& commands) {
    std::string text;
    for (const auto& command : commands) {
        auto next = command.subcommands;
        next.insert(next.end(), command.values.begin(), command.values.end());
        text += fmt::format("    {}) next={} options={} ;;\n", shell_word(command.path),
                            shell_word(words(next)), shell_word(words(option_names(command))));
    }
    return text;
}

/// The same in bash and zsh: from the words so far to `command`, to `value` of an option's values, and to
/// what comes next.
template <class Value>
std::string decisions(const std::vector<completed_command>& commands, const Value& value) {
    return fmt::format(
        R"(    case "$command $word" in
{}    esac
  done
  case "$command $before" in
{}  esac
  case "$command" in
{}  esac
)",
        cases_of_path(commands), cases_of_values(commands, value), cases_of_commands(commands));
}

std::string parent_condition(const completed_command& command) {
    if (command.path.empty()) return "__fish_use_subcommand";
    std::vector<std::string> conditions;
    for (const auto& word : CLI::detail::split(command.path, '/'))
        conditions.push_back("__fish_seen_subcommand_from " + word);
    if (!command.subcommands.empty())
        conditions.push_back("not __fish_seen_subcommand_from " + words(command.subcommands));
    return fmt::format("{}", fmt::join(conditions, "; and "));
}

std::string fish_option(const completed_command& command, const completed_option& option) {
    auto line = fmt::format("complete -c dibs -n {}", shell_word(parent_condition(command)));
    for (const auto& name : option.names)
        line += name.starts_with("--") ? fmt::format(" -l {}", name.substr(2))
                                       : fmt::format(" -s {}", name.substr(1));
    if (option.takes_value) line += " -r";
    if (!option.values.empty()) line += fmt::format(" -f -a {}", shell_word(words(option.values)));
    return line + fmt::format(" -d {}\n", shell_word(option.help));
}

}  // namespace

std::string bash_completion(const std::vector<completed_command>& commands) {
    return fmt::format(
        R"(# bash completion of dibs; made by `dibs completion bash`
_dibs() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}}
  local command= next= options= word
  COMPREPLY=()
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
{}  [[ $current == -* ]] && next=$options
  COMPREPLY=($(compgen -W "$next" -- "$current"))
}}
complete -o default -F _dibs dibs
)",
        decisions(commands, [](const std::string& values) {
            return fmt::format("COMPREPLY=($(compgen -W {} -- \"$current\")); return", shell_word(values));
        }));
}

std::string zsh_completion(const std::vector<completed_command>& commands) {
    return fmt::format(
        R"(#compdef dibs
# zsh completion of dibs; made by `dibs completion zsh`
_dibs_values() {{
  if [[ -n $1 ]]; then compadd -- ${{=1}}; else _files; fi
}}
_dibs() {{
  local current=${{words[CURRENT]}} before=${{words[CURRENT-1]}} command= word next= options=
  for word in ${{words[2,CURRENT-1]}}; do
{}  if [[ $current == -* ]]; then compadd -- ${{=options}}; else _dibs_values "$next"; fi
}}
compdef _dibs dibs
# zsh has just loaded this as the function itself, to complete something
if [[ $funcstack[1] == _dibs ]]; then _dibs "$@"; fi
)",
        decisions(commands, [](const std::string& values) {
            return fmt::format("_dibs_values {}; return", shell_word(values));
        }));
}

std::string fish_completion(const std::vector<completed_command>& commands) {
    std::string text = "# fish completion of dibs; made by `dibs completion fish`\n";
    for (const auto& command : commands) {
        for (const auto& name : command.subcommands) {
            const auto path = command.path.empty() ? name : command.path + "/" + name;
            const auto child = std::find_if(commands.begin(), commands.end(),
                                            [&](const auto& one) { return one.path == path; });
            text +=
                fmt::format("complete -c dibs -n {} -f -a {} -d {}\n", shell_word(parent_condition(command)),
                            shell_word(name), shell_word(child->help));
        }
        if (!command.values.empty())
            text += fmt::format("complete -c dibs -n {} -f -a {}\n", shell_word(parent_condition(command)),
                                shell_word(words(command.values)));
        for (const auto& option : command.options) text += fish_option(command, option);
    }
    return text;
}

}  // namespace dibs::cli
