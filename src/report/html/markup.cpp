#include "report/html/markup.hpp"

#include "report/markdown.hpp"

#include <fmt/format.h>

namespace dibs::report::html {
namespace {

/// Text in which `words in backquotes` are code.
std::string with_code(std::string_view text) {
    std::string made;
    bool inside = false;
    for (auto mark = text.find('`'); mark != std::string_view::npos; mark = text.find('`')) {
        made += escaped(text.substr(0, mark)) + (inside ? "</code>" : "<code>");
        inside = !inside;
        text.remove_prefix(mark + 1);
    }
    return made + escaped(text) + (inside ? "</code>" : "");
}

std::string row_of(const std::vector<std::string>& cells, std::string_view cell, std::string_view scope) {
    std::string made = "<tr>";
    for (std::size_t i = 0; i < cells.size(); ++i)
        made += i == 0 ? fmt::format("<th scope=\"{}\">{}</th>", scope, escaped(cells[i]))
                       : fmt::format("<{}{}>{}</{}>", cell, cell == "th" ? " scope=\"col\"" : "",
                                     escaped(cells[i]), cell);
    return made + "</tr>\n";
}

/// It scrolls by itself where the window is narrow, also by keyboard.
std::string table_of(const table& of, const std::string& id) {
    std::string made;
    if (!of.caption.empty())
        made += fmt::format("<p class=\"caption\" id=\"{}\">{}</p>\n", id, escaped(of.caption));
    made += fmt::format(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"{0}\">\n<table "
        "aria-labelledby=\"{0}\"{1}>\n",
        id, of.numbers ? "" : " class=\"words\"");
    made += "<thead>" + row_of(of.rows.front(), "th", "col") + "</thead>\n<tbody>\n";
    for (std::size_t i = 1; i < of.rows.size(); ++i) made += row_of(of.rows[i], "td", "row");
    return made + "</tbody>\n</table>\n</div>\n";
}

/// Of what names the table.
std::string table_id(const section& in, std::size_t place) {
    return in.tables[place].caption.empty() ? in.id : fmt::format("{}-table-{}", in.id, place + 1);
}

std::string figure_of(const chart& of, const std::string& id) {
    return fmt::format(
        "<figure id=\"{0}\" aria-labelledby=\"{0}-title\">\n<h3 id=\"{0}-title\">{1}</h3>\n"
        "<p class=\"hint\" id=\"{0}-text\">{2}</p>\n<div class=\"chart\" data-kind=\"{3}\"></div>\n"
        "<details><summary>The figures of this chart</summary></details>\n</figure>\n",
        id, escaped(of.title), with_code(of.description), escaped(of.kind));
}

std::string section_of(const section& of) {
    const auto opening = fmt::format("<section aria-labelledby=\"{0}\">\n<h2 id=\"{0}\">{1}</h2>\n",
                                     escaped(of.id), escaped(of.heading));
    if (!of.missing.empty())
        return opening + fmt::format("<p class=\"missing\">{}</p>\n</section>\n", with_code(of.missing));
    std::string charts;
    std::string tables;
    std::string text;
    for (std::size_t i = 0; i < of.charts.size(); ++i)
        charts += figure_of(of.charts[i], escaped(chart_id(of, i)));
    for (std::size_t i = 0; i < of.tables.size(); ++i)
        tables += table_of(of.tables[i], escaped(table_id(of, i)));
    for (const auto& one : of.paragraphs) text += fmt::format("<p>{}</p>\n", with_code(one));
    return fmt::format("{}{}{}{}</section>\n", opening, of.tables_first ? tables : charts,
                       of.tables_first ? charts : tables, text);
}

}  // namespace

std::string escaped(std::string_view text) {
    std::string made;
    for (const char c : text) switch (c) {
            case '&': made += "&amp;"; break;
            case '<': made += "&lt;"; break;
            case '>': made += "&gt;"; break;
            case '"': made += "&quot;"; break;
            case '\'': made += "&#39;"; break;
            default: made += c;
        }
    return made;
}

std::string chart_id(const section& in, std::size_t place) { return fmt::format("{}-{}", in.id, place + 1); }

std::string body_of(const document& of) {
    std::string made = fmt::format(
        "<header>\n<h1>{}</h1>\n</header>\n<main>\n<section aria-label=\"The answer\">\n<ul "
        "class=\"answer\">\n",
        escaped(of.title));
    for (const auto& sentence : of.answer) made += fmt::format("<li>{}</li>\n", with_code(sentence));
    made += "</ul>\n</section>\n";
    for (const auto& one : of.sections) made += section_of(one);
    return made + "</main>\n";
}

std::string markdown(const document& of) {
    std::string made = fmt::format("# {}\n", of.title);
    for (const auto& sentence : of.answer) made += fmt::format("\n{}\n", sentence);
    for (const auto& one : of.sections) {
        if (one.tables.empty()) continue;
        made += fmt::format("\n## {}\n", one.heading);
        for (const auto& each : one.tables) {
            auto rows = each.rows;
            for (auto& row : rows)
                for (auto& cell : row) cell = escaped_cell(cell);
            made += fmt::format("\n{}{}{}", each.caption, each.caption.empty() ? "" : "\n\n",
                                markdown_table(rows));
        }
    }
    return made;
}

}  // namespace dibs::report::html
