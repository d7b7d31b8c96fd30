#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

/// Logs of k6 for tests to spoil.
namespace dibs::test {

/// A whole summary as k6 1.2 and later print it, but for the values, which need not fit each other.
inline std::string k6_summary(std::string_view success, std::string_view p95) {
    return fmt::format(
        "  █ THRESHOLDS \n"
        "\n"
        "    coupon_issue_success_rate\n"
        "    ✓ 'rate>0.8' rate={}\n"
        "\n"
        "    http_req_duration\n"
        "    ✗ 'p(95)<2000' p(95)={}\n"
        "\n"
        "\n"
        "  █ TOTAL RESULTS \n"
        "\n"
        "    checks_total.......: 40      10.5/s\n"
        "    checks_succeeded...: 100.00% 40 out of 40\n"
        "    checks_failed......: 0.00%   0 out of 40\n"
        "\n"
        "    ✓ register status is 201\n"
        "    ✗ coupon issue status is 201\n"
        "      ↳  90% — ✓ 9 / ✗ 1\n"
        "\n"
        "    CUSTOM\n"
        "    coupon_issue_success_rate......: 90.00% 9 out of 10\n"
        "\n"
        "    HTTP\n"
        "    http_req_duration..............: avg=1.09s min=350µs med=12.5ms max=1m2s p(90)=2.72s "
        "p(95)=3.34s\n"
        "      {{ expected_response:true }}...: avg=1.09s min=350µs med=12.5ms max=1m2s p(90)=2.72s "
        "p(95)=3.34s\n"
        "    http_req_failed................: 10.00% 1 out of 10\n"
        "\n"
        "    EXECUTION\n"
        "    iterations.....................: 10     2.5/s\n"
        "\n"
        "    NETWORK\n"
        "    data_received..................: 1.7 MB 21 kB/s\n"
        "    data_sent......................: 900 B  8.5 B/s\n",
        success, p95);
}

/// The same between the fences of a Markdown document.
inline std::string fenced(const std::string& text) { return "```\n" + text + "```\n"; }

/// `text` with the only occurrence of `what` replaced.
inline std::string with(std::string text, std::string_view what, std::string_view instead) {
    const auto at = text.find(what);
    if (at == std::string::npos) return "the text does not hold " + std::string(what);
    return text.replace(at, what.size(), instead);
}

}  // namespace dibs::test
