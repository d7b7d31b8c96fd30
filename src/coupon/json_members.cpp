#include "coupon/json_members.hpp"

#include "coupon/input.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>

namespace dibs::coupon {
namespace {

namespace json = boost::json;

bool continues_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

std::size_t length(std::string_view text, text_unit in) {
    if (in == text_unit::bytes) return text.size();
    const auto continued = std::count_if(text.begin(), text.end(), continues_character);
    return text.size() - static_cast<std::size_t>(continued);
}

const json::value& found_in(const json::object& from, std::string_view member) {
    const json::value* found = from.if_contains(member);
    if (found == nullptr) throw invalid_input(fmt::format("`{}` is missing", member));
    return *found;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

unsigned digits(std::string_view text) {
    unsigned read = 0;
    std::from_chars(text.data(), text.data() + text.size(), read);
    return read;
}

/// Whether `text` has a digit where `like` has a 0, and else the same characters.
bool looks(std::string_view text, std::string_view like) {
    return std::ranges::equal(
        text, like, [](char one, char wanted) { return wanted == '0' ? is_digit(one) : one == wanted; });
}

bool is_utc_time(std::string_view text) {
    constexpr std::string_view whole = "0000-00-00T00:00:00";
    if (text.size() <= whole.size() || !looks(text.substr(0, whole.size()), whole)) return false;
    const std::chrono::year_month_day day{std::chrono::year(static_cast<int>(digits(text.substr(0, 4)))),
                                          std::chrono::month(digits(text.substr(5, 2))),
                                          std::chrono::day(digits(text.substr(8, 2)))};
    // PostgreSQL has no year 0.
    if (!day.ok() || day.year() < std::chrono::year(1)) return false;
    if (digits(text.substr(11, 2)) > 23 || digits(text.substr(14, 2)) > 59 || digits(text.substr(17, 2)) > 59)
        return false;
    const std::string_view rest = text.substr(whole.size());
    if (rest == "Z") return true;
    return rest.size() >= 3 && rest.size() <= 8 && rest.front() == '.' && rest.back() == 'Z' &&
           std::ranges::all_of(rest.substr(1, rest.size() - 2), is_digit);
}

}  // namespace

json::object read_object(std::string_view body) {
    boost::system::error_code wrong;
    json::value read = json::parse(body, wrong);
    if (wrong) throw invalid_input(fmt::format("the body is not JSON: {}", wrong.message()));
    if (!read.is_object()) throw invalid_input("the body must be a JSON object");
    return std::move(read.as_object());
}

void allow_only(const json::object& from, std::initializer_list<std::string_view> members) {
    for (const auto& one : from)
        if (std::ranges::find(members, std::string_view(one.key())) == members.end())
            throw invalid_input(fmt::format("`{}` is not known here: {} are", std::string_view(one.key()),
                                            fmt::join(members, ", ")));
}

std::string text_of(const json::object& from, std::string_view member, text_limit limit) {
    const json::value& found = found_in(from, member);
    if (!found.is_string()) throw invalid_input(fmt::format("`{}` must be a string", member));
    const std::string_view text = found.get_string();
    const std::size_t long_as = length(text, limit.counted_in);
    if (long_as == 0 || long_as > limit.longest)
        throw invalid_input(fmt::format("`{}` must have 1 to {} {}", member, limit.longest,
                                        limit.counted_in == text_unit::bytes ? "bytes" : "characters"));
    if (text.find('\0') != std::string_view::npos)
        throw invalid_input(fmt::format("`{}` must not contain a NUL", member));
    return std::string(text);
}

std::int64_t number_of(const json::object& from, std::string_view member, number_limit limit) {
    boost::system::error_code wrong;
    const auto number = found_in(from, member).to_number<std::int64_t>(wrong);
    if (wrong || number < limit.least || number > limit.most)
        throw invalid_input(
            fmt::format("`{}` must be a whole number from {} to {}", member, limit.least, limit.most));
    return number;
}

bool truth_of(const json::object& from, std::string_view member) {
    const json::value& found = found_in(from, member);
    if (!found.is_bool()) throw invalid_input(fmt::format("`{}` must be true or false", member));
    return found.get_bool();
}

std::string time_of(const json::object& from, std::string_view member) {
    const json::value& found = found_in(from, member);
    if (!found.is_string() || !is_utc_time(found.get_string()))
        throw invalid_input(fmt::format("`{}` must be a time in UTC, as 2025-01-31T12:00:00Z", member));
    return std::string(found.get_string());
}

}  // namespace dibs::coupon
