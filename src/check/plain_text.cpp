#include "check/plain_text.hpp"

#include <boost/locale/utf.hpp>

#include <iterator>
#include <ranges>
#include <span>
#include <vector>

namespace dibs::check {
namespace {

using utf8 = boost::locale::utf::utf_traits<char>;
using boost::locale::utf::code_point;

bool is_harmless(code_point code) {
    const bool control = code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0xFEFF;
    const bool direction = (code >= 0x200B && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
                           (code >= 0x2060 && code <= 0x206F);
    return boost::locale::utf::is_valid_codepoint(code) && !control && !direction;
}

/// East Asian letters take two columns. (What is taken for wide and is narrow costs a space only.)
std::size_t columns_of(code_point code) {
    return (code >= 0x1100 && code <= 0x115F) || (code >= 0x2E80 && code <= 0xD7FF) ||
                   (code >= 0xF900 && code <= 0xFAFF) || (code >= 0xFF00 && code <= 0xFF60) || code >= 0x1F300
               ? 2
               : 1;
}

struct letter {
    std::string text;
    std::size_t columns = 0;
};

std::vector<letter> letters_of(std::string_view text) {
    std::vector<letter> letters;
    const auto* at = text.data();
    const auto* const end = at + text.size();
    while (at != end) {
        auto code = utf8::decode(at, end);
        if (!is_harmless(code)) code = '?';
        auto& one = letters.emplace_back(letter{{}, columns_of(code)});
        utf8::encode(code, std::back_inserter(one.text));
    }
    return letters;
}

std::size_t columns_of(std::span<const letter> letters) {
    std::size_t columns = 0;
    for (const auto& one : letters) columns += one.columns;
    return columns;
}

std::string joined(std::span<const letter> letters) {
    std::string text;
    for (const auto& one : letters) text += one.text;
    return text;
}

/// How many of them, from the first, fit.
template <class Letters>
std::size_t how_many_fit(const Letters& letters, std::size_t columns) {
    std::size_t count = 0;
    for (const letter& one : letters) {
        if (one.columns > columns) break;
        columns -= one.columns;
        ++count;
    }
    return count;
}

/// With up to `behind` columns of its end behind the ellipsis.
std::string cut(std::string_view text, std::size_t columns, std::size_t behind) {
    const auto letters = letters_of(text);
    if (columns_of(letters) <= columns) return joined(letters);
    const std::span<const letter> all(letters);
    const auto tail = how_many_fit(std::views::reverse(all), behind);
    const auto head = how_many_fit(all, columns - 1 - columns_of(all.last(tail)));
    return joined(all.first(head)) + "…" + joined(all.last(tail));
}

}  // namespace

std::string plain(std::string_view text, std::size_t columns) { return cut(text, columns, 0); }

std::string abridged(std::string_view text, std::size_t columns) {
    return cut(text, columns, (columns - 1) / 2);
}

std::string padded(std::string_view text, std::size_t columns) {
    auto padded = plain(text, columns);
    padded.append(columns - columns_of(letters_of(padded)), ' ');
    return padded;
}

}  // namespace dibs::check
