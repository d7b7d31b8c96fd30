#include "cli/completion/completion_words.hpp"

#include <algorithm>

namespace dibs::cli {
namespace {

/// The members of CLI::IsMember, which shows them in the type's name: `TEXT:{md,csv,json}`.
std::vector<std::string> listed_values(const CLI::Option& option) {
    const std::string type = option.get_type_name();
    const auto open = type.find('{');
    const auto close = type.find('}');
    if (open == std::string::npos || close == std::string::npos) return {};
    return CLI::detail::split(type.substr(open + 1, close - open - 1), ',');
}

std::string first_line(std::string text) {
    text.resize(std::min(text.find('\n'), text.size()));
    return text;
}

completed_option completed(const CLI::Option& option) {
    completed_option made;
    for (const auto& name : option.get_lnames()) made.names.push_back("--" + name);
    for (const auto& name : option.get_snames()) made.names.push_back("-" + name);
    made.help = first_line(option.get_description());
    made.takes_value = option.get_expected_max() > 0;
    made.values = listed_values(option);
    return made;
}

void add_command(const CLI::App& app, const std::string& path, std::vector<completed_command>& to) {
    completed_command made;
    made.path = path;
    made.help = first_line(app.get_description());
    for (const auto* option : app.get_options()) {
        if (!option->nonpositional() && made.values.empty()) made.values = listed_values(*option);
        if (option->nonpositional() && !option->get_group().empty())
            made.options.push_back(completed(*option));
    }
    std::vector<const CLI::App*> children;
    for (const auto* child : app.get_subcommands([](const CLI::App*) { return true; }))
        if (!child->get_group().empty()) children.push_back(child);
    for (const auto* child : children) made.subcommands.push_back(child->get_name());
    to.push_back(std::move(made));
    for (const auto* child : children)
        add_command(*child, path.empty() ? child->get_name() : path + "/" + child->get_name(), to);
}

}  // namespace

std::vector<completed_command> completed_commands(const CLI::App& app) {
    std::vector<completed_command> made;
    add_command(app, "", made);
    return made;
}

}  // namespace dibs::cli
