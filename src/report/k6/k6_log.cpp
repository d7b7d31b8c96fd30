#include "report/k6/k6_log.hpp"

#include "report/k6/k6_lines.hpp"
#include "report/k6/k6_parse.hpp"
#include "report/strategy_names.hpp"
#include "report/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace dibs::report {
namespace {

constexpr std::string_view success_metric = "coupon_issue_success_rate";
constexpr std::string_view duration_metric = "http_req_duration";
/// In every summary of an HTTP test the last line.
constexpr std::string_view last_metric = "data_sent";
constexpr std::string_view block = "█ ";

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Metrics that give a summary away that has lost its headings.
bool is_of_a_summary(std::string_view text) {
    if (begins_threshold(text)) return true;
    const auto metric = parse_metric_line(text);
    return metric && (metric->name == duration_metric || metric->name == success_metric ||
                      metric->name == "http_reqs" || metric->name == "iterations");
}

}  // namespace

k6_log::k6_log(log_origin origin) : origin_(std::move(origin)) {
    if (origin_.strategy) origin_.strategy = strategy_named(*origin_.strategy);
}

void k6_log::line(std::string_view text) {
    ++number_;
    if (!is_utf8(text)) fail(number_, "this line is not UTF-8; convert the file (iconv -t UTF-8) or mend it");
    std::string plain;
    if (text.find('\x1b') != std::string_view::npos) text = plain = without_escapes(text);
    const auto content = trimmed(text);
    if (content.empty()) return;
    if (content.starts_with("```")) return fence();
    if (text.starts_with('#')) return heading(text);
    if (content.starts_with(block)) return title(trimmed(content.substr(block.size())));
    if (const auto word = announced(content); !word.empty()) return announce(word);
    if (!summary_) return prose(content);
    if (summary_->in == part::thresholds) in_thresholds(content);
    if (summary_->in == part::totals) in_totals(content);
}

void k6_log::finish() {
    end_summary();
    require_announced_run();
    if (fence_) fail(*fence_, "the code fence opened here is never closed: the file is truncated");
    if (!has_runs_)
        throw unreadable(origin_.file,
                         "no run in it: a k6 end-of-test summary begins with '█ THRESHOLDS'. Give the text "
                         "that k6 prints at the end of a test, or the results of dibs");
}

void k6_log::fence() {
    end_summary();
    fence_ = fence_ ? std::nullopt : std::optional(number_);
}

void k6_log::heading(std::string_view text) {
    if (fence_) {
        if (summary_)
            fail(*fence_,
                 fmt::format("the code fence opened here is not closed before the heading in line {}",
                             number_));
        return;  // a comment in a listing
    }
    end_summary();
    const auto level = text.find_first_not_of('#');
    const auto words = trimmed(text.substr(std::min(level, text.size())));
    if (const auto word = announced(words); level > 2 && !word.empty()) return announce(word);
    if (level != 2) return;
    require_announced_run();
    section_ = strategy_named(words);
}

void k6_log::title(std::string_view text) {
    if (text == "THRESHOLDS") return begin_summary();
    if (!summary_)
        fail(number_,
             fmt::format("'█ {}' without '█ THRESHOLDS' above it: a run without thresholds. Run k6 with "
                         "thresholds on {} and on p(95) of {}",
                         text, success_metric, duration_metric));
    if (text == "TOTAL RESULTS" && summary_->in != part::thresholds) {
        end_summary();
        return title(text);
    }
    summary_->in = text == "TOTAL RESULTS" ? part::totals : part::other;
}

void k6_log::prose(std::string_view text) {
    if (is_of_a_summary(text))
        fail(number_,
             "this line is of a k6 summary, but no '█ THRESHOLDS' stands above it; put the whole "
             "summary here (k6 1.0 or later, not --summary-mode legacy), or remove the line");
}

void k6_log::announce(std::string_view word) {
    end_summary();
    require_announced_run();
    announced_ = mark{std::string(word), number_};
}

void k6_log::require_announced_run() {
    if (announced_)
        fail(announced_->line,
             "no k6 summary follows this heading of a run: the file is truncated, or the "
             "heading is to be removed");
}

void k6_log::begin_summary() {
    end_summary();
    check_announcement();
    summary_ = summary{number_, part::thresholds, {}, {}, {}, false, false};
}

void k6_log::check_announcement() {
    if (!announced_) return;
    const auto [word, line] = *std::exchange(announced_, std::nullopt);
    const auto named = strategy_named(word);
    if (section_.empty() || named == section_) return;
    if (is_published(named))
        fail(line, fmt::format("this heading of a run says '{}' but stands under '{}'; mend one of the two",
                               word, section_));
    notes_.push_back(fmt::format("{}:{}: the run '{}' stands under '{}' and is counted there", origin_.file,
                                 line, word, section_));
}

void k6_log::in_thresholds(std::string_view text) {
    if (!begins_threshold(text)) {
        summary_->metric = text;
        return;
    }
    if (summary_->metric == success_metric || summary_->metric == duration_metric) take_threshold(text);
}

void k6_log::take_threshold(std::string_view text) {
    if (text.ends_with("no samples")) fail_without_samples(summary_->metric);
    const auto read = parse_threshold_line(text);
    if (!read) fail(number_, "this threshold has no value (p(95)=3.34s): the file is truncated");
    if (summary_->metric == success_metric && read->aggregate == "rate") {
        summary_->success_pct = parse_percentage(read->value);
        if (!summary_->success_pct)
            fail(number_, fmt::format("'{}' is not a percentage as k6 prints it (84.74%)", read->value));
    }
    if (summary_->metric == duration_metric && read->aggregate == "p(95)") {
        summary_->duration_ms = parse_duration(read->value);
        if (!summary_->duration_ms)
            fail(number_, fmt::format("'{}' is not a duration as k6 prints it (350µs, 12.5ms, 3.2s, 1m2s)",
                                      read->value));
    }
}

void k6_log::in_totals(std::string_view text) {
    const auto metric = parse_metric_line(text);
    if (!metric) return;
    if (metric->name == duration_metric) {
        const auto fault = fault_in_durations(metric->values);
        if (!fault.empty()) fail(number_, fault);
        summary_->has_durations = true;
    }
    if (metric->name == success_metric && metric->values.ends_with(" 0 out of 0"))
        fail_without_samples(success_metric);
    if (metric->name == last_metric) {
        if (!are_bytes_and_rate(metric->values))
            fail(number_, fmt::format("'{}' is not an amount of bytes and its rate as k6 prints them "
                                      "(1.1 MB 14 kB/s)",
                                      metric->values));
        summary_->has_last_line = true;
    }
}

void k6_log::end_summary() {
    if (!summary_) return;
    const auto run = *std::exchange(summary_, std::nullopt);
    if (run.in == part::thresholds || !run.has_durations || !run.has_last_line)
        fail(run.line, fmt::format("the k6 summary that begins here ends before line {} without {}: the file "
                                   "is truncated. Put the whole summary here, or remove the run",
                                   number_ + 1,
                                   run.in == part::thresholds ? "its '█ TOTAL RESULTS'"
                                   : run.has_durations        ? "its data_sent"
                                                              : "its http_req_duration"));
    if (!run.success_pct)
        fail(run.line,
             "this run has no threshold 'rate…' on coupon_issue_success_rate, at which its success "
             "rate is printed. Run k6 with that threshold, or remove the run");
    if (!run.duration_ms)
        fail(run.line,
             "this run has no threshold 'p(95)…' on http_req_duration, at which its p95 is printed. "
             "Run k6 with that threshold, or remove the run");
    runs_.push_back({strategy_of(run), {*run.success_pct, *run.duration_ms / 1000}});
    has_runs_ = true;
}

std::string k6_log::strategy_of(const summary& run) const {
    if (!origin_.strategy) {
        if (!section_.empty()) return section_;
        fail(run.line,
             "this run belongs to no strategy: put a heading '## NAME' above it, or give --strategy NAME");
    }
    if (is_published(section_) && section_ != *origin_.strategy)
        fail(run.line,
             fmt::format("this run stands under '{}', but --strategy says '{}'; leave --strategy out",
                         section_, *origin_.strategy));
    return *origin_.strategy;
}

void k6_log::fail_without_samples(std::string_view metric) const {
    fail(number_,
         fmt::format("{} had no samples: this run measured nothing. Leave it out, or run it again", metric));
}

void k6_log::fail(std::size_t line, std::string_view why) const { throw unreadable(origin_.file, line, why); }

}  // namespace dibs::report
