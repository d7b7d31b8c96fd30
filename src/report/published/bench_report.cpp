#include "report/published/bench_report.hpp"

#include "report/k6/k6_log.hpp"
#include "report/markdown.hpp"
#include "report/published/published_means.hpp"
#include "report/strategy_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace dibs::report {
namespace {

struct report_wording {
    std::string_view title;
    std::string_view method;
    std::string_view comparison;
    std::string_view published;
    std::string_view guests;
    std::string_view with_passwords;
    std::string_view details;
    std::string_view run;  ///< of strategy and number
};

constexpr report_wording report_english{
    "Coupons under distributed locks: summary",
    "Success rate and duration are those printed at each run's thresholds; the intervals are Student's t, "
    "with the exact quantile.",
    "Published, for Comparison",
    "published",
    "The two do not stand on equal terms: a published iteration included a sign-up with a password, which "
    "the server has to hash; here the users signed up as guests.",
    "As in the published iterations, the users signed up with a password.",
    "Detailed Test Results",
    "{} run {}"};

constexpr report_wording report_korean{
    "Redis Lock 알고리즘 성능 분석 요약",
    "성공률과 소요 시간은 각 실행의 임계값 줄에 출력된 값이며, 신뢰구간은 정확한 "
    "Student-t 분위수로 계산했습니다.",
    "공개된 결과와 비교",
    "공개",
    "두 결과의 조건은 같지 않습니다. 공개된 반복에는 서버가 해싱해야 하는 비밀번호 "
    "회원가입이 포함되어 있지만, "
    "여기서는 사용자가 게스트로 가입했습니다.",
    "공개된 반복과 같이 사용자가 비밀번호로 가입했습니다.",
    "상세 테스트 결과",
    "{} {}회차"};

const report_wording& report_words(language in) {
    return in == language::korean ? report_korean : report_english;
}

/// Without the empty lines around it.
std::string_view block_of(std::string_view text) {
    const auto first = text.find_first_not_of('\n');
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of('\n') - first + 1);
}

std::string details(const bench_document& document) {
    const auto& say = report_words(document.in);
    std::string text = fmt::format("## {}\n", say.details);
    for (const auto& strategy : document.strategies) {
        text += fmt::format("\n## {}\n", strategy.strategy);
        for (std::size_t i = 0; i < strategy.runs.size(); ++i)
            text += fmt::format("\n{}\n\n```\n{}\n```\n",
                                fmt::format(fmt::runtime(say.run), strategy.strategy, i + 1),
                                block_of(strategy.runs[i]));
    }
    return text;
}

/// Reads what the report will hold, as `dibs stats` would.
run_collection runs_in(std::string_view report) {
    k6_log log({"report.md", std::nullopt});
    while (!report.empty()) {
        const auto end = std::min(report.find('\n'), report.size());
        log.line(report.substr(0, end));
        report.remove_prefix(std::min(end + 1, report.size()));
    }
    log.finish();
    run_collection runs;
    for (const auto& run : log.runs()) runs.add(run.strategy, run.figures);
    return runs;
}

std::string comparison(const published_table& table, const bench_document& document) {
    const auto& say = report_words(document.in);
    std::vector<std::vector<std::string>> rows{
        {"Algorithm", fmt::format("Success Rate (%), {}", say.published), "Success Rate (%)",
         fmt::format("p95 (ms), {}", say.published), "p95 (ms)"}};
    for (const auto& own : table.rows())
        for (const auto& theirs : published_means)
            if (theirs.strategy == own.strategy)
                rows.push_back({fmt::format("**{}**", own.strategy),
                                fmt::format("{:.2f}", theirs.success_pct),
                                fmt::format("{:.2f}", own.success_pct.mean),
                                fmt::format("{:.0f}", theirs.duration_s * 1000),
                                fmt::format("{:.1f}", own.duration_s.mean * 1000)});
    if (rows.size() == 1) return {};
    return fmt::format("## {}\n\n{}\n{}\n\n", say.comparison, markdown_table(rows),
                       document.signed_up == registration::guests ? say.guests : say.with_passwords);
}

}  // namespace

std::string bench_report(const bench_document& document) {
    const auto runs = details(document);
    const published_table table(runs_in(runs), document.confidence);
    const auto& say = report_words(document.in);
    std::string text = fmt::format("# {}\n\n", say.title);
    for (const auto& remark : document.remarks) text += fmt::format("{}\n", remark);
    text += fmt::format("{}{}\n\n", document.remarks.empty() ? "" : "\n", say.method);
    text += fmt::format("{}\n{}{}{}---\n\n{}", table_markdown(table, document.in), document.comparison,
                        document.comparison.empty() ? "" : "\n", comparison(table, document), runs);
    return text;
}

}  // namespace dibs::report
