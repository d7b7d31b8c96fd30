#include "cli/commands.hpp"
#include "cli/completion/completion_scripts.hpp"

#include <fmt/format.h>

#include <memory>
#include <string>

namespace dibs::cli {

void add_completion(CLI::App& app, int& status) {
    auto shell = std::make_shared<std::string>();
    auto* completion =
        app.add_subcommand("completion", "Print what makes a shell complete the words of dibs");
    completion->add_option("SHELL", *shell, "bash, zsh or fish")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}));
    completion->footer(
        "An installed dibs has them where shells look. Examples:\n"
        "  source <(dibs completion bash)\n"
        "  dibs completion zsh > ~/.zfunc/_dibs            # with ~/.zfunc in fpath\n"
        "  dibs completion fish > ~/.config/fish/completions/dibs.fish");
    completion->callback([&app, shell, &status] {
        const auto commands = completed_commands(app);
        fmt::print("{}", *shell == "bash"  ? bash_completion(commands)
                         : *shell == "zsh" ? zsh_completion(commands)
                                           : fish_completion(commands));
        status = success;
    });
}

}  // namespace dibs::cli
