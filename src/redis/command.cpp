#include "redis/command.hpp"

#include <array>
#include <charconv>

namespace dibs::redis {
namespace {

void append_number(std::string& output, std::int64_t number) {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    output.append(digits.data(), end.ptr);
}

/// The next `$length\r\nword\r\n` of `bytes`, which is cut off there.
std::string_view take_word(std::string_view& bytes) {
    std::size_t length = 0;
    const auto end = std::from_chars(bytes.data() + 1, bytes.data() + bytes.size(), length);
    const auto start = static_cast<std::size_t>(end.ptr - bytes.data()) + 2;
    const auto word = bytes.substr(start, length);
    bytes.remove_prefix(start + length + 2);
    return word;
}

std::string upper(std::string_view word) {
    std::string text(word);
    for (char& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return text;
}

}  // namespace

void arguments::add(std::string_view word) {
    bytes_ += '$';
    append_number(bytes_, static_cast<std::int64_t>(word.size()));
    bytes_ += "\r\n";
    bytes_ += word;
    bytes_ += "\r\n";
    ++count_;
}

void arguments::add(std::int64_t number) {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    add(std::string_view(digits.data(), static_cast<std::size_t>(end.ptr - digits.data())));
}

void arguments::add(const arguments& others) {
    bytes_ += others.bytes_;
    count_ += others.count_;
}

std::string_view arguments::word(std::size_t index) const {
    if (index >= count_) return {};
    std::string_view rest = bytes_;
    while (index-- > 0) take_word(rest);
    return take_word(rest);
}

void command::append_to(std::string& output) const {
    output += '*';
    append_number(output, static_cast<std::int64_t>(words_.count()));
    output += "\r\n";
    output += words_.bytes();
}

std::string command::describe() const {
    std::string verb = upper(words_.word(0));
    if (verb == "AUTH" || verb == "HELLO") return verb;
    // EVAL script-or-digest number-of-keys key…
    const bool is_script = verb == "EVAL" || verb == "EVALSHA";
    if (is_script && words_.word(2) == "0") return verb;
    const auto key = words_.word(is_script ? 3 : 1);
    return key.empty() ? verb : verb + ' ' + std::string(key.substr(0, 160));
}

}  // namespace dibs::redis
