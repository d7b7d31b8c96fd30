#include "coupon/accounts/token_keys.hpp"

#include "core/random.hpp"
#include "coupon/accounts/base64.hpp"

#include <dibs/error.hpp>

#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace dibs::coupon {
namespace {

constexpr std::size_t shortest_secret = 32;
constexpr std::size_t longest_key_id = 32;

[[noreturn]] void refuse(const std::string& why) {
    throw error(fault::bad_input, "dibs serve", "token key", why);
}

bool is_key_id(std::string_view text) {
    constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";
    return !text.empty() && text.size() <= longest_key_id &&
           text.find_first_not_of(allowed) == std::string_view::npos;
}

struct key_line {
    std::string id;
    std::string bytes;
};

std::optional<key_line> key_in(std::string_view line) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !is_key_id(line.substr(0, colon))) return std::nullopt;
    auto bytes = from_base64(line.substr(colon + 1));
    if (!bytes || bytes->empty()) return std::nullopt;
    return key_line{std::string(line.substr(0, colon)), std::move(*bytes)};
}

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    boost::split(lines, text, boost::is_any_of("\n,"));
    for (auto& line : lines)
        if (line.ends_with('\r')) line.pop_back();
    return lines;
}

}  // namespace

token_key::token_key(std::string bytes, key_id id) : bytes_(std::move(bytes)), id_(std::move(id.text)) {
    if (bytes_.size() < shortest_secret)
        refuse(fmt::format("{} has {} bytes and needs {} or more, as `openssl rand -hex 32` writes them",
                           id_.empty() ? "it" : id_, bytes_.size(), shortest_secret));
}

token_key token_key::random() { return token_key(random_hex(shortest_secret)); }

token_keys token_keys::read(std::string_view text) {
    while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
    const auto lines = lines_of(text);
    // Of one line alone it cannot be told whether it is meant as ID:BASE64.
    const auto has_id = [](std::string_view line) {
        const auto colon = line.find(':');
        return colon != std::string_view::npos && is_key_id(line.substr(0, colon));
    };
    const bool named = lines.size() > 1 ? std::ranges::any_of(lines, has_id) : key_in(lines[0]).has_value();
    if (!named) return token_key(std::string(text));
    if (lines.size() > most)
        refuse(fmt::format("there are {} lines, and {} keys are the most", lines.size(), most));
    token_keys keys;
    for (const auto& line : lines) {
        auto found = key_in(line);
        if (!found) refuse(fmt::format("line {} is not ID:BASE64", keys.all_.size() + 1));
        keys.all_.emplace_back(std::move(found->bytes), key_id{std::move(found->id)});
    }
    if (keys.all_.front().id() == keys.all_.back().id() && keys.all_.size() > 1)
        refuse(fmt::format("both keys are called {}", keys.all_.front().id()));
    return keys;
}

}  // namespace dibs::coupon
