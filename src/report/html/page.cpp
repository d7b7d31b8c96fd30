#include "report/html/page.hpp"

#include "report/html/markup.hpp"
#include "report/page_files.hpp"
#include "report/vega_files.hpp"

#include <boost/algorithm/string/replace.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <span>
#include <stdexcept>

namespace dibs::report::html {
namespace {

namespace json = boost::json;

std::string_view file_named(std::string_view name) {
    for (const auto& one : page_files)
        if (one.name == name) return one.content;
    throw std::logic_error(fmt::format("{} is not part of the program", name));
}

/// Without the line that names a source map, which browsers' tools would ask for.
std::string_view without_map(std::string_view script) {
    return script.substr(0, script.rfind("//# sourceMappingURL"));
}

/// The parts of Vega as Debian has them: modules in CommonJS form, for the loader in modules.js.
std::string vega_modules() {
    std::string modules;
    for (const auto& [name, content] : vega_files)
        modules += fmt::format("modules[\"{}\"] = function (exports, require, module) {{{}\n}};\n",
                               name.substr(0, name.find('.')), without_map(content));
    return modules;
}

std::string library_script() { return fmt::format("{}{}", file_named("modules.js"), vega_modules()); }

std::string page_script() {
    std::string script = "\"use strict\";\n";
    for (const auto* name :
         {"parts.js", "charts_latency.js", "charts_time.js", "charts_compare.js", "main.js"})
        script += file_named(name);
    return script;
}

/// What a policy calls the element whose content is `text`.
std::string source_hash(std::string_view text) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    std::array<unsigned char, 4 * ((SHA256_DIGEST_LENGTH + 2) / 3) + 1> base64{};
    EVP_EncodeBlock(base64.data(), digest.data(), static_cast<int>(digest.size()));
    return fmt::format("'sha256-{}'", reinterpret_cast<const char*>(base64.data()));
}

json::object chart_json(const chart& of, std::string id) {
    json::array columns;
    for (const auto& [key, title] : of.columns) columns.push_back({{"key", key}, {"title", title}});
    return {{"id", std::move(id)},           {"kind", of.kind}, {"title", of.title},
            {"columns", std::move(columns)}, {"rows", of.rows}, {"settings", of.settings}};
}

json::object data_of(const document& of) {
    json::array charts;
    for (const auto& one : of.sections)
        for (std::size_t i = 0; i < one.charts.size(); ++i)
            charts.push_back(chart_json(one.charts[i], chart_id(one, i)));
    return {{"strategies", json::array(of.strategies.begin(), of.strategies.end())},
            {"charts", std::move(charts)}};
}

}  // namespace

std::string json_for_script(const json::value& value) {
    auto text = json::serialize(value);
    // "<" begins "</script" and "<!--"; within JSON it stands in strings alone.
    boost::algorithm::replace_all(text, "<", "\\u003c");
    return text;
}

std::string page(const document& of) {
    const auto style = file_named("style.css");
    const auto library = library_script();
    const auto script = page_script();
    const auto policy =
        fmt::format("default-src 'none'; script-src {} {}; style-src {}; base-uri 'none'; form-action 'none'",
                    source_hash(library), source_hash(script), source_hash(style));
    // One pass, so that nothing in the figures is taken for a mark of the template.
    const std::array<std::pair<std::string_view, std::string>, 8> parts{
        {{"policy", policy},
         {"title", escaped(of.title)},
         {"style", std::string(style)},
         {"body", body_of(of)},
         {"licences", escaped(file_named("licences.txt"))},
         {"data", json_for_script(data_of(of))},
         {"library", library},
         {"script", script}}};
    std::string made;
    auto rest = file_named("page.html");
    for (auto open = rest.find("{{"); open != std::string_view::npos; open = rest.find("{{")) {
        const auto close = rest.find("}}", open);
        const auto name = rest.substr(open + 2, close - open - 2);
        made += rest.substr(0, open);
        const auto* const part = std::ranges::find(parts, name, [](const auto& one) { return one.first; });
        made += part->second;
        rest.remove_prefix(close + 2);
    }
    return made += rest;
}

}  // namespace dibs::report::html
