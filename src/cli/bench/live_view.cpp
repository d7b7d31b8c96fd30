#include "cli/bench/live_view.hpp"

#include "cli/say.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <numeric>

namespace dibs::cli {
namespace {

// beyond the load: resets, the sell-out, the books
constexpr std::chrono::seconds around_a_load{2};
constexpr std::size_t usual_width = 80;

std::int64_t whole_seconds(std::chrono::nanoseconds time) {
    return std::chrono::round<std::chrono::seconds>(time).count();
}

std::string ms_or_dash(std::optional<double> value) {
    return value ? fmt::format("{:.1f} ms", *value) : std::string("-");
}

std::size_t width_of(std::FILE* terminal) {
    winsize size{};
    const bool known = ::ioctl(fileno(terminal), TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return known ? size.ws_col : usual_width;
}

}  // namespace

std::string rough_time(std::chrono::nanoseconds time) {
    const auto seconds = std::max<std::int64_t>(0, whole_seconds(time));
    if (seconds >= 3600) return fmt::format("{} h {} min", seconds / 3600, seconds / 60 % 60);
    if (seconds >= 60) return fmt::format("{} min {} s", seconds / 60, seconds % 60);
    return fmt::format("{} s", seconds);
}

std::chrono::nanoseconds bench_pace::left(std::chrono::nanoseconds since_run_began) const {
    const auto sum = std::accumulate(made.begin(), made.end(), std::chrono::nanoseconds(0));
    const std::chrono::nanoseconds each =
        made.empty() ? length + around_a_load : sum / static_cast<std::int64_t>(made.size());
    return std::max(each - since_run_began, std::chrono::nanoseconds(0)) +
           each * static_cast<std::int64_t>(runs_after);
}

std::vector<std::string> live_lines(const bench_moment& now) {
    std::vector<std::string> lines{
        fmt::format("{:<10} round {} of {}   run {} of {}   {} left", now.profile, now.round, now.rounds,
                    now.run, now.runs, rough_time(now.left)),
        fmt::format("{:<10} {} of {} s   {} of {} users", now.strategy, whole_seconds(now.elapsed),
                    whole_seconds(now.length), now.users, now.most_users),
        fmt::format("{:<10} {}/s   p95 so far {}   {} issued   {} failed", "claims", now.claims_per_s,
                    ms_or_dash(now.claim_p95_ms), now.issued, now.failed)};
    if (!now.last.empty()) lines.push_back(fmt::format("{:<10} {}", "before", now.last));
    return lines;
}

std::string live_text(const bench_moment& now) {
    return fmt::format(
        "round {}/{}, {}: {} of {} s, {} users, {} claims/s, p95 so far {}, {} issued, {} failed; {} left",
        now.round, now.rounds, now.strategy, whole_seconds(now.elapsed), whole_seconds(now.length), now.users,
        now.claims_per_s, ms_or_dash(now.claim_p95_ms), now.issued, now.failed, rough_time(now.left));
}

std::string redrawn(std::size_t shown, const std::vector<std::string>& lines, std::size_t width) {
    std::string sent = shown > 0 ? fmt::format("\x1b[{}A", shown) : "";
    sent += "\r\x1b[J";
    for (const auto& line : lines) sent += line.substr(0, width) + '\n';
    return sent;
}

live_view::live_view(std::FILE* out) : out_(out) {
    if (isatty(fileno(out)) != 1) log_.emplace(out);
}

live_view::~live_view() {
    if (shown_ > 0) say_on(out_, "{}", redrawn(shown_, {}, 0));
    std::fflush(out_);
}

void live_view::show(const bench_moment& now) {
    if (log_) {
        log_->show(live_text(now));
        return;
    }
    const auto lines = live_lines(now);
    say_on(out_, "{}", redrawn(shown_, lines, width_of(out_)));
    shown_ = lines.size();
    std::fflush(out_);
}

}  // namespace dibs::cli
