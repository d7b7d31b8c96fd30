#include "tests/support/serve_trial.hpp"

#include "tests/support/processes.hpp"

#include <fstream>
#include <stdexcept>

namespace dibs::tests {
namespace {

constexpr std::chrono::seconds serve_patience{60};

}  // namespace

sandbox::process start_serve(sandbox::supervisor& box, std::vector<std::string> words, const variables& set) {
    words.insert(words.begin(), "serve");
    sandbox::program dibs(DIBS_PROGRAM, std::move(words));
    dibs.standard_output = sandbox::output::pipe();
    dibs.standard_error = sandbox::output::pipe();
    dibs.environment = set;
    dibs.environment.emplace_back("TMPDIR", box.folder());
    return box.start(dibs);
}

program_end run_serve(sandbox::supervisor& box, std::vector<std::string> words, const variables& set) {
    auto serve = start_serve(box, std::move(words), set);
    const auto until = sandbox::clock::now() + serve_patience;
    program_end how;
    how.out = serve.read_all(until);
    how.errors = serve.read_all_errors(until);
    how.status = end_of(serve).code().value_or(-1);
    return how;
}

std::uint16_t port_after(sandbox::process& serve, const std::string& announcement) {
    const auto line = serve.read_line(sandbox::clock::now() + serve_patience).value_or("");
    if (line.starts_with(announcement))
        return static_cast<std::uint16_t>(std::stoi(line.substr(announcement.size())));
    throw std::runtime_error(line + serve.read_all_errors(sandbox::clock::now() + serve_patience));
}

std::string file_in(const sandbox::supervisor& box, const std::string& name, const std::string& content) {
    const auto path = box.folder() / name;
    std::ofstream(path) << content;
    return path;
}

}  // namespace dibs::tests
