#include "postgres/target.hpp"

#include "core/asio.hpp"
#include "postgres/words.hpp"

#include <dibs/error.hpp>

#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>
#include <libpq-fe.h>

#include <algorithm>
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

/// The default is that of the environment, a service that it names, or libpq itself.
std::string value_or_default(const parsed& options, std::string_view keyword) {
    auto value = value_of(options, keyword);
    if (!value.empty()) return value;
    const parsed defaults(PQconndefaults());
    return defaults ? value_of(defaults, keyword) : value;
}

std::vector<std::string> entries_of(const std::string& list) {
    std::vector<std::string> entries(1);
    for (const char c : list) {
        if (c == ',')
            entries.emplace_back();
        else
            entries.back() += c;
    }
    return entries;
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

bool host::is_name() const {
    // A path is a Unix socket's, an @ begins the name of an abstract one.
    if (!address.empty() || name.empty() || name.front() == '/' || name.front() == '@') return false;
    boost::system::error_code no_address;
    asio::ip::make_address(name, no_address);
    return no_address.failed();
}

std::vector<host> target::hosts() const {
    const auto options = parse(conninfo);
    if (!value_of(options, "service").empty()) return {};
    const auto list = [&](const char* keyword) { return entries_of(value_or_default(options, keyword)); };
    const auto names = list("host");
    const auto addresses = list("hostaddr");
    const auto ports = list("port");
    std::vector<host> all(std::max(names.size(), addresses.size()));
    const auto fits = [&](const std::vector<std::string>& entries) {
        return entries.size() == all.size() || (entries.size() == 1 && entries[0].empty());
    };
    // libpq says what is wrong with those that do not.
    if (!fits(names) || !fits(addresses) || !(fits(ports) || ports.size() == 1)) return {};
    const auto entry = [](const std::vector<std::string>& of, std::size_t at) {
        return of[of.size() == 1 ? 0 : at];
    };
    for (std::size_t i = 0; i < all.size(); ++i)
        all[i] = {entry(names, i), entry(addresses, i), entry(ports, i)};
    return all;
}

std::map<std::string, std::string> target::parameters() const {
    std::map<std::string, std::string> given;
    const auto options = parse(conninfo);
    for (const auto* option = options.get(); option->keyword; ++option)
        if (option->val) given[option->keyword] = option->val;
    return given;
}

std::string target::session_options() const {
    std::string text;
    append_setting(text, "client_connection_check_interval", "1s");
    for (const auto& [name, value] : settings) append_setting(text, name, value);
    text += value_or_default(parse(conninfo), "options");
    return text;
}

}  // namespace dibs::postgres
