#include "claims_bench/answer.hpp"

#include <charconv>
#include <stdexcept>
#include <string>
#include <system_error>

namespace dibs::claims_bench {
namespace {

constexpr std::string_view header_end = "\r\n\r\n";
constexpr std::string_view length_field = "\r\nContent-Length: ";
constexpr std::string_view id_member = "\"id\":";
constexpr std::size_t status_at = sizeof "HTTP/1.1 " - 1;

template <class Number>
std::optional<Number> number_at(std::string_view text, std::size_t place) {
    if (place >= text.size()) return std::nullopt;
    Number read{};
    const auto [end, wrong] = std::from_chars(text.data() + place, text.data() + text.size(), read);
    return wrong == std::errc() ? std::optional(read) : std::nullopt;
}

}  // namespace

std::optional<answer> read_answer(std::string_view received) {
    const auto end = received.find(header_end);
    if (end == std::string_view::npos) return std::nullopt;
    const auto header = received.substr(0, end);
    const auto field = header.find(length_field);
    const auto status = number_at<int>(header, status_at);
    if (!header.starts_with("HTTP/1.1 ") || !status || field == std::string_view::npos)
        throw std::runtime_error("an answer without a status or a length: " + std::string(header));
    const auto length = number_at<std::size_t>(header, field + length_field.size());
    if (!length) throw std::runtime_error("an answer whose length is no number: " + std::string(header));
    const auto begin = end + header_end.size();
    if (received.size() < begin + *length) return std::nullopt;
    return answer{*status, received.substr(begin, *length), begin + *length};
}

std::optional<std::int64_t> claim_id_in(std::string_view body) {
    const auto found = body.find(id_member);
    if (found == std::string_view::npos) return std::nullopt;
    return number_at<std::int64_t>(body, found + id_member.size());
}

}  // namespace dibs::claims_bench
