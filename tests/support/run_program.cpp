#include "tests/support/run_program.hpp"

#include "tests/support/processes.hpp"

namespace dibs::tests {

sandbox::process start_program(sandbox::supervisor& box, const std::filesystem::path& executable,
                               std::vector<std::string> words) {
    sandbox::program dibs(executable, std::move(words));
    dibs.standard_output = sandbox::output::pipe();
    dibs.standard_error = sandbox::output::pipe();
    dibs.environment.emplace_back("TMPDIR", box.folder());
    return box.start(dibs);
}

program_end run_program(sandbox::supervisor& box, const std::filesystem::path& executable,
                        std::vector<std::string> words) {
    auto one = start_program(box, executable, std::move(words));
    // Its pipes are read first, or it might wait for room in them.
    const auto until = sandbox::clock::now() + std::chrono::minutes(5);
    program_end how;
    how.out = one.read_all(until);
    how.errors = one.read_all_errors(until);
    how.status = end_of(one).code().value_or(-1);
    return how;
}

}  // namespace dibs::tests
