#include "postgres/target.hpp"

#include "postgres/words.hpp"

#include <dibs/error.hpp>

#include <fmt/format.h>
#include <libpq-fe.h>

#include <memory>
#include <string_view>

namespace dibs::postgres {
namespace {

struct free_options {
    void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using parsed = std::unique_ptr<PQconninfoOption, free_options>;

/// libpq quotes the part that it could not read, and that may be the password.
std::string without_quoted(std::string_view complaint) {
    std::string text;
    bool quoted = false;
    for (const char c : complaint) {
        if (c == '"') {
            quoted = !quoted;
            text += quoted ? "\"…\"" : "";
        } else if (!quoted) {
            text += c;
        }
    }
    return text;
}

parsed parse(const std::string& conninfo) {
    char* complaint = nullptr;
    parsed options(PQconninfoParse(conninfo.c_str(), &complaint));
    if (options) return options;
    const auto why = without_quoted(complaint ? complaint : "out of memory");
    PQfreemem(complaint);
    throw error(
        fault::bad_input, "postgresql", "conninfo",
        on_one_line(why) + "; give a URI like postgresql://user@host:5432/database, or host=… dbname=…");
}

/// Empty: it is not set.
std::string value_of(const parsed& options, std::string_view keyword) {
    for (const auto* option = options.get(); option->keyword; ++option)
        if (option->val && option->keyword == keyword) return option->val;
    return {};
}

void append_setting(std::string& options, std::string_view name, std::string_view value) {
    options += fmt::format("-c {}=", name);
    for (const char c : value) {
        if (c == ' ' || c == '\\') options += '\\';
        options += c;
    }
    options += ' ';
}

}  // namespace

std::string target::describe() const {
    const auto options = parse(conninfo);
    std::string text = "postgresql";
    for (const auto* keyword : {"host", "port", "dbname"})
        if (const auto value = value_of(options, keyword); !value.empty()) text += fmt::format(" {}", value);
    return text;
}

std::string target::session_options() const {
    std::string text;
    append_setting(text, "client_connection_check_interval", "1s");
    for (const auto& [name, value] : settings) append_setting(text, name, value);
    text += value_of(parse(conninfo), "options");
    return text;
}

}  // namespace dibs::postgres
