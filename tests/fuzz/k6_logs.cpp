// Results that dibs stats reads, text or JSON: figures that can be, or `unreadable`.
#include "report/run_file.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace dibs::fuzz {
namespace {

using runs = std::vector<report::single_run>;

void require_possible(const runs& found) {
    for (const auto& [strategy, figures, details] : found) {
        require(!strategy.empty(), "a run of no strategy");
        require(details.round >= 0, "a round that cannot be");
        require(figures.success_pct >= 0 && figures.success_pct <= 100, "a success rate that cannot be");
        require(figures.duration_s >= 0 && std::isfinite(figures.duration_s), "a duration that cannot be");
    }
}

/// What `read` finds; empty where it is unreadable.
template <class Read>
std::optional<runs> runs_in(Read read) {
    try {
        runs found = read();
        require(!found.empty(), "a log without runs is accepted");
        return found;
    } catch (const report::unreadable&) {
        return std::nullopt;
    }
}

runs read_lines(std::string_view text, std::optional<std::string> strategy) {
    report::k6_log log({"log", std::move(strategy)});
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        log.line(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    log.finish();
    return log.runs();
}

/// As a file, and one of another system.
runs read_with_other_line_ends(std::string_view text) {
    std::string changed;
    for (const char c : text) {
        if (c == '\n') changed += '\r';
        changed += c;
    }
    std::istringstream file(changed);
    runs found;
    report::read_k6_text(file, {"log", std::nullopt},
                         [&](report::single_run&& run) { found.push_back(std::move(run)); });
    return found;
}

bool same(const std::optional<runs>& one, const std::optional<runs>& other) {
    if (!one || !other) return one.has_value() == other.has_value();
    return std::ranges::equal(*one, *other, [](const auto& a, const auto& b) {
        return a.strategy == b.strategy && a.figures.success_pct == b.figures.success_pct &&
               a.figures.duration_s == b.figures.duration_s;
    });
}

void as_json(std::string_view text) {
    try {
        const auto found = report::read_run_json(text, {"run.json", std::nullopt});
        require(!found.empty(), "results without runs are accepted");
        require_possible(found);
    } catch (const report::unreadable&) {  // said in words
    }
}

}  // namespace
}  // namespace dibs::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace dibs::fuzz;
    const std::string text(text_of(data, size));
    if (text.starts_with('{')) {
        as_json(text);
        return 0;
    }
    const auto found = runs_in([&] { return read_lines(text, std::nullopt); });
    if (found) require_possible(*found);
    if (const auto named = runs_in([&] { return read_lines(text, "pubsub"); })) require_possible(*named);
    if (text.find_first_of("\r\xEF") == std::string::npos)
        require(same(found, runs_in([&] { return read_with_other_line_ends(text); })),
                "what is read depends on the line ends");
    return 0;
}
