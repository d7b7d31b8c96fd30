#include "history/event.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <stdexcept>

namespace dibs::history {
namespace {

constexpr std::array<std::string_view, 5> actions{"acquire", "write", "release", "claim", "found"};
constexpr std::array<std::string_view, 4> phases{"invoke", "ok", "fail", "info"};
constexpr std::size_t fields = 9;

void append_escaped(std::string& to, std::string_view text) {
    for (const char c : text) {
        switch (c) {
            case '\t': to += "\\t"; break;
            case '\n': to += "\\n"; break;
            case '\r': to += "\\r"; break;
            case '\\': to += "\\\\"; break;
            default: to += c;
        }
    }
}

char meant_by(char escaped) {
    switch (escaped) {
        case 't': return '\t';
        case 'n': return '\n';
        case 'r': return '\r';
        default: return escaped;
    }
}

std::string unescaped(std::string_view text) {
    if (text.find('\\') == std::string_view::npos) return std::string(text);
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escape = text[i] == '\\' && i + 1 < text.size();
        if (escape) ++i;
        plain += escape ? meant_by(text[i]) : text[i];
    }
    return plain;
}

template <class Integer>
Integer number_in(std::string_view field, const char* what) {
    Integer number{};
    const auto* const end = field.data() + field.size();
    const auto read = std::from_chars(field.data(), end, number);
    if (read.ec != std::errc{} || read.ptr != end)
        throw std::invalid_argument(fmt::format("its {} is no number: '{}'", what, field));
    return number;
}

template <class Enum, std::size_t Count>
Enum word_in(std::string_view field, const std::array<std::string_view, Count>& words, const char* what) {
    for (std::size_t i = 0; i < Count; ++i)
        if (words.at(i) == field) return static_cast<Enum>(i);
    throw std::invalid_argument(fmt::format("'{}' is no {}", field, what));
}

}  // namespace

std::string_view to_string(action what) { return actions.at(static_cast<std::size_t>(what)); }
std::string_view to_string(phase how) { return phases.at(static_cast<std::size_t>(how)); }

std::string to_line(const event& what) {
    auto line = fmt::format("{}\t{}\t{}\t{}\t{}\t", what.at_ns, what.process, what.operation,
                            to_string(what.action), to_string(what.phase));
    append_escaped(line, what.name);
    line += '\t';
    append_escaped(line, what.owner);
    line += '\t';
    if (what.token) line += std::to_string(*what.token);
    line += '\t';
    append_escaped(line, what.value);
    line += '\n';
    return line;
}

event event_from(std::string_view line) {
    std::array<std::string_view, fields> field;
    for (std::size_t i = 0; i < fields; ++i) {
        const auto tab = line.find('\t');
        if ((tab == std::string_view::npos) != (i + 1 == fields))
            throw std::invalid_argument(fmt::format("it has not {} fields", fields));
        field.at(i) = line.substr(0, tab);
        if (tab != std::string_view::npos) line.remove_prefix(tab + 1);
    }
    event read;
    read.at_ns = number_in<std::int64_t>(field[0], "time");
    read.process = number_in<std::uint64_t>(field[1], "process");
    read.operation = number_in<std::uint64_t>(field[2], "operation");
    read.action = word_in<action>(field[3], actions, "action");
    read.phase = word_in<phase>(field[4], phases, "phase");
    read.name = unescaped(field[5]);
    read.owner = unescaped(field[6]);
    if (!field[7].empty()) read.token = number_in<std::uint64_t>(field[7], "token");
    read.value = unescaped(field[8]);
    return read;
}

}  // namespace dibs::history
