#include "check/history_check.hpp"
#include "check/timeline.hpp"
#include "cli/commands.hpp"
#include "core/atomic_file.hpp"
#include "history/reader.hpp"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <unordered_set>
#include <vector>

namespace dibs::cli {
namespace {

namespace fs = std::filesystem;

struct check_flags {
    std::string folder;
    std::vector<std::string> stocks;
    std::optional<std::int64_t> fifo_ms;
    std::string svg;
    std::string json;
};

/// Empty: it is none.
std::optional<std::pair<std::string, std::int64_t>> stock_from(const std::string& text) {
    const auto equals = text.rfind('=');
    if (equals == std::string::npos || equals == 0) return std::nullopt;
    std::int64_t stock = 0;
    const auto* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data() + equals + 1, end, stock);
    if (read.ec != std::errc{} || read.ptr != end || stock < 0) return std::nullopt;
    return std::pair(text.substr(0, equals), stock);
}

check::promises promises_from(const check_flags& flags) {
    check::promises made;
    for (const auto& text : flags.stocks) made.stocks.insert(stock_from(text).value());
    if (flags.fifo_ms) made.queue_tolerance = std::chrono::milliseconds(*flags.fifo_ms);
    return made;
}

/// Recorders number themselves by folder, so each folder is a history of its own.
std::set<fs::path> histories_in(const fs::path& folder) {
    std::set<fs::path> found;
    if (fs::is_regular_file(folder)) return {folder};
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.path().extension() == ".history") found.insert(entry.path().parent_path());
    if (found.empty()) throw std::runtime_error(fmt::format("{}: no *.history is in it", folder.native()));
    return found;
}

check::checked_history check_one(const fs::path& folder, const check::promises& made,
                                 std::set<std::string>& names) {
    const auto recorded = history::read(folder);
    std::unordered_set<std::uint64_t> processes;
    for (const auto& one : recorded.events) {
        processes.insert(one.process);
        if (made.stocks.contains(one.name)) names.insert(one.name);
    }
    try {
        return {folder, recorded.events.size(), processes.size(), recorded.torn,
                check::check_all(recorded.events, made)};
    } catch (const std::invalid_argument& wrong) {
        throw std::runtime_error(fmt::format("{}: {}", folder.native(), wrong.what()));
    }
}

/// `queue-pause-holds-do-not-overlap.svg`
fs::path picture_of(const fs::path& folder, const std::string& check) {
    auto name = folder.lexically_normal().native() + '-' + check;
    for (char& c : name)
        if (c == '/' || c == ' ' || c == ',') c = '-';
    while (name.starts_with('-') || name.starts_with('.')) name.erase(0, 1);
    return name + ".svg";
}

void draw(const check::checked_history& seen, const fs::path& root, const fs::path& into) {
    auto below = fs::relative(seen.folder, root);
    if (below == ".") below = fs::canonical(root).filename();
    for (const auto& one : seen.verdicts) {
        if (one.found != check::verdict::result::violated) continue;
        const auto place = into / picture_of(below, one.check);
        atomic_file(place).keep(timeline_svg(one));
        fmt::print("  drawn: {}\n", place.native());
    }
}

int run(const check_flags& flags) {
    std::optional<atomic_file> json;
    if (!flags.json.empty()) json.emplace(flags.json);
    if (!flags.svg.empty()) fs::create_directories(flags.svg);
    const auto made = promises_from(flags);
    std::set<std::string> names;
    std::vector<check::checked_history> all;
    std::size_t violated = 0;
    for (const auto& folder : histories_in(flags.folder)) {
        const auto& seen = all.emplace_back(check_one(folder, made, names));
        fmt::print("{}", report_text(seen));
        if (!flags.svg.empty()) draw(seen, flags.folder, flags.svg);
        violated += is_violated(seen) ? 1 : 0;
    }
    if (json) json->keep(report_json(all));
    for (const auto& [coupon, stock] : made.stocks)
        if (!names.contains(coupon))
            throw std::runtime_error(
                fmt::format("--stock {}={}: no history is of this coupon", coupon, stock));
    fmt::print("histories violated: {} of {}\n", violated, all.size());
    return violated == 0 ? success : failure;
}

}  // namespace

void add_check(CLI::App& app, int& status) {
    const std::map<std::string, std::int64_t> units{{"ms", 1}, {"s", 1000}};
    auto flags = std::make_shared<check_flags>();
    auto* command = app.add_subcommand("check", "Check what users of locks and coupons recorded");
    command->add_option("FOLDER", flags->folder, "With *.history in it or in folders below, or one such file")
        ->required()
        ->check(CLI::ExistingPath);
    command->add_option("--stock", flags->stocks, "How many pieces a coupon has; may be repeated")
        ->type_name("COUPON=N")
        ->check([](const std::string& text) {
            return stock_from(text) ? "" : fmt::format("'{}' is not COUPON=N, as drop-1=500", text);
        });
    command->add_option("--fifo", flags->fifo_ms, "The locks are queues: judge their order, but for so much")
        ->transform(CLI::AsNumberWithUnit(units, CLI::AsNumberWithUnit::UNIT_REQUIRED).description(""))
        ->check(CLI::Validator(CLI::NonNegativeNumber).description(""))
        ->type_name("TIME");
    command->add_option("--svg", flags->svg, "Draw a timeline of each violation there")->type_name("FOLDER");
    command->add_option("--json", flags->json, "Write the verdicts there as well")->type_name("FILE");
    command->footer(
        "Reads what dibs torture --out and dibs soak keep, folder by folder, and says of each promise "
        "whether it\n"
        "was kept, with the smallest set of events that shows where it was not. Every lock is judged by "
        "every\n"
        "check. A lock that promises nothing under a fault may overlap, or write late, by design, and one "
        "without\n"
        "fencing tokens writes unguarded: docs/guarantees.md says which, and dibs torture takes it into "
        "account.\n"
        "docs/history.md says what the files and the checks mean. Status 1 where one was violated.\n"
        "Examples:\n"
        "  dibs torture --algorithm queue --fault failover --out histories; dibs check histories --svg "
        "pictures\n"
        "  dibs check soak --stock drop-1=500 --json verdicts.json");
    command->callback([flags, &status] { status = run(*flags); });
}

}  // namespace dibs::cli
