#include "check/plain_text.hpp"
#include "check/timeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace dibs::check {
namespace {

using kind = timeline::kind;

// Pixels.
constexpr int width = 1000;
constexpr int margin = 16;
constexpr int what_left = 200;
constexpr int chart_left = 260;
constexpr int chart_width = 380;
constexpr int text_left = chart_left + chart_width + 20;
constexpr int line_height = 22;
constexpr int bar_height = 10;
constexpr int ticks = 4;

// Characters of the font's usual width.
constexpr std::size_t row_characters = 26;
constexpr std::size_t text_characters = 48;
constexpr std::size_t explanation_characters = 125;

constexpr const char* style = R"(<style>
text{font:13px system-ui,"DejaVu Sans",sans-serif;fill:#1f2328}
.back{fill:#ffffff}.title{font-weight:600;font-size:15px}.faint{fill:#59636e}.grid{stroke:#d1d9e0}
.done{fill:#0969da}.asked{fill:#0969da}.failed{fill:#cf222e}.unknown{fill:#8250df}.hold{fill:#d4a72c}.found{fill:#1a7f37}
@media (prefers-color-scheme:dark){
text{fill:#f0f6fc}.back{fill:#0d1117}.faint{fill:#9198a1}.grid{stroke:#3d444d}
.done{fill:#4493f8}.asked{fill:#4493f8}.failed{fill:#f85149}.unknown{fill:#ab7df8}.hold{fill:#d29922}.found{fill:#3fb950}}
</style>
)";

std::string escaped(std::string_view text) {
    std::string safe;
    for (const char c : text) {
        switch (c) {
            case '&': safe += "&amp;"; break;
            case '<': safe += "&lt;"; break;
            case '>': safe += "&gt;"; break;
            case '"': safe += "&quot;"; break;
            default: safe += c;
        }
    }
    return safe;
}

const char* name_of(kind what) {
    switch (what) {
        case kind::done: return "done";
        case kind::failed: return "failed";
        case kind::unknown: return "unknown";
        case kind::asked: return "asked";
        case kind::hold: return "hold";
        case kind::found: return "found";
        case kind::gap: break;
    }
    return "gap";
}

std::vector<std::string> wrapped(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream words(text);
    for (std::string word; words >> word;) {
        if (lines.empty() || lines.back().size() + 1 + word.size() > explanation_characters)
            lines.push_back(plain(word, explanation_characters));
        else
            lines.back() += ' ' + plain(word, explanation_characters);
    }
    return lines;
}

class drawing {
   public:
    void text(int x, const char* look, const std::string& what) {
        body_ +=
            fmt::format("<text x=\"{}\" y=\"{}\" class=\"{}\">{}</text>\n", x, y_ + 15, look, escaped(what));
    }
    void next() { y_ += line_height; }

    void axis(const timeline& all) {
        for (int i = 0; i <= ticks; ++i) {
            const auto at = all.begin_ns + (all.end_ns - all.begin_ns) * i / ticks;
            const auto x = chart_left + chart_width * i / ticks;
            body_ += fmt::format("<text x=\"{}\" y=\"{}\" class=\"faint\" text-anchor=\"middle\">{}</text>\n",
                                 x, y_ + 15, all.since_begin(at) + (i == ticks ? " ms" : ""));
            body_ +=
                fmt::format("<line x1=\"{}\" x2=\"{}\" y1=\"{}\" y2=\"{}\" class=\"grid\"/>\n", x, x,
                            y_ + line_height, y_ + line_height * (static_cast<int>(all.lines.size()) + 1));
        }
        next();
    }

    void line(const timeline& all, const timeline::line& one) {
        if (!one.row.empty()) {
            body_ += fmt::format("<line x1=\"{}\" x2=\"{}\" y1=\"{}\" y2=\"{}\" class=\"grid\"/>\n", margin,
                                 width - margin, y_, y_);
            text(margin, "", abridged(one.row, row_characters));
        }
        text(what_left, "faint", one.what);
        if (one.kind == kind::gap) {
            text(text_left, "faint", "… " + one.text);
        } else {
            bar(all, one);
            text(text_left, "", plain(all.times_of(one) + ' ' + one.text, text_characters));
        }
        next();
    }

    std::string end() const {
        const auto height = y_ + margin;
        return fmt::format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
            "height=\"{1}\" role=\"img\">\n{2}<rect class=\"back\" width=\"{0}\" "
            "height=\"{1}\"/>\n{3}</svg>\n",
            width, height, style, body_);
    }

   private:
    void bar(const timeline& all, const timeline::line& one) {
        const auto length = static_cast<double>(std::max<std::int64_t>(all.end_ns - all.begin_ns, 1));
        const auto x_of = [&](std::int64_t at) {
            return chart_left + static_cast<double>(at - all.begin_ns) / length * chart_width;
        };
        const auto begin = x_of(one.begin_ns);
        body_ += fmt::format(
            "<rect x=\"{:.1f}\" y=\"{}\" width=\"{:.1f}\" height=\"{}\" rx=\"2\" class=\"{}\"/>\n", begin,
            y_ + (line_height - bar_height) / 2, std::max(x_of(one.end_ns) - begin, 3.0), bar_height,
            name_of(one.kind));
    }

    int y_ = margin;
    std::string body_;
};

}  // namespace

std::string timeline_svg(const verdict& found) {
    const auto all = timeline_of(found.proof);
    drawing picture;
    picture.text(margin, "title", plain(found.check + ": " + all.of, explanation_characters));
    picture.next();
    for (const auto& one : wrapped(found.explanation)) {
        picture.text(margin, "", one);
        picture.next();
    }
    picture.axis(all);
    for (const auto& one : all.lines) picture.line(all, one);
    return picture.end();
}

}  // namespace dibs::check
