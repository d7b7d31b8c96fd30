#include "check/plain_text.hpp"
#include "check/timeline.hpp"

#include <algorithm>
#include <array>

namespace dibs::check {
namespace {

using kind = timeline::kind;

constexpr std::size_t row_columns = 20;
constexpr std::size_t what_columns = 7;
constexpr std::size_t chart_columns = 27;
constexpr std::size_t text_columns = 43;

struct glyphs {
    const char* begin;
    const char* between;
    const char* end;
    const char* alone;
};

glyphs glyphs_of(kind what) {
    switch (what) {
        case kind::hold: return {"█", "█", "█", "█"};
        case kind::unknown: return {"├", "╌", "?", "?"};
        case kind::failed: return {"├", "─", "×", "×"};
        case kind::found: return {"◆", "◆", "◆", "◆"};
        case kind::asked: return {"├", "─", "┤", "├"};
        default: return {"├", "─", "┤", "│"};
    }
}

std::size_t column_of(const timeline& all, std::int64_t at_ns) {
    const auto length = std::max<std::int64_t>(all.end_ns - all.begin_ns, 1);
    const auto share = static_cast<double>(at_ns - all.begin_ns) / static_cast<double>(length);
    return static_cast<std::size_t>(share * static_cast<double>(chart_columns - 1));
}

std::string bar_of(const timeline& all, const timeline::line& one) {
    if (one.kind == kind::gap) return std::string(chart_columns, ' ');
    const auto begin = column_of(all, one.begin_ns);
    const auto end = column_of(all, one.end_ns);
    const auto glyph = glyphs_of(one.kind);
    std::string bar(begin, ' ');
    bar += begin == end ? glyph.alone : glyph.begin;
    for (auto at = begin + 1; at < end; ++at) bar += glyph.between;
    if (begin != end) bar += glyph.end;
    bar.append(chart_columns - 1 - end, ' ');
    return bar;
}

std::string text_of(const timeline& all, const timeline::line& one) {
    if (one.kind == kind::gap) return "… " + one.text;
    return one.text.empty() ? all.times_of(one) : all.times_of(one) + ' ' + one.text;
}

}  // namespace

std::string timeline_text(const events& proof) {
    const auto all = timeline_of(proof);
    if (all.lines.empty()) return {};
    const auto length = all.since_begin(all.end_ns) + " ms";
    auto text = padded(all.of, row_columns + 1 + what_columns) + ' ' +
                padded("0", chart_columns - std::min(length.size(), chart_columns)) + length + '\n';
    for (const auto& one : all.lines)
        text += padded(abridged(one.row, row_columns), row_columns) + ' ' + padded(one.what, what_columns) +
                ' ' + bar_of(all, one) + ' ' + plain(text_of(all, one), text_columns) + '\n';
    return text;
}

}  // namespace dibs::check
