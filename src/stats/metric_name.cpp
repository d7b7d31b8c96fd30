#include "stats/metric_name.hpp"

#include "stats/words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

namespace dibs::stats {
namespace {

bool is_name(std::string_view text) {
    const auto allowed = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; };
    return !text.empty() && std::isdigit(static_cast<unsigned char>(text.front())) == 0 &&
           std::all_of(text.begin(), text.end(), allowed);
}

tag parse_tag(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos || trimmed(text.substr(0, colon)).empty())
        throw bad_expression(fmt::format("'{}' is not a tag of the form KEY:VALUE", trimmed(text)));
    return {std::string(trimmed(text.substr(0, colon))), std::string(trimmed(text.substr(colon + 1)))};
}

std::vector<tag> parse_tags(std::string_view list) {
    std::vector<tag> tags;
    for (;;) {
        const auto comma = list.find(',');
        tags.push_back(parse_tag(list.substr(0, comma)));
        if (comma == std::string_view::npos) return tags;
        list.remove_prefix(comma + 1);
    }
}

}  // namespace

metric_name metric_name::parse(std::string_view text) {
    text = trimmed(text);
    const auto brace = text.find('{');
    metric_name name;
    name.base_ = trimmed(text.substr(0, brace));
    if (!is_name(name.base_))
        throw bad_expression(fmt::format("'{}' is not a metric; NAME or NAME{{KEY:VALUE}} is", text));
    if (brace == std::string_view::npos) return name;
    if (!text.ends_with('}')) throw bad_expression(fmt::format("'{}' lacks its closing brace", text));
    name.tags_ = parse_tags(text.substr(brace + 1, text.size() - brace - 2));
    return name;
}

metric_name metric_name::parent() const {
    metric_name whole;
    whole.base_ = base_;
    return whole;
}

std::string metric_name::tags_text() const {
    std::vector<std::string> pairs;
    for (const auto& [key, value] : tags_) pairs.push_back(fmt::format("{}:{}", key, value));
    return fmt::format("{}", fmt::join(pairs, ","));
}

std::string metric_name::text() const {
    return is_submetric() ? fmt::format("{}{{{}}}", base_, tags_text()) : base_;
}

std::strong_ordering metric_name::operator<=>(const metric_name& other) const {
    if (const auto bases = base_ <=> other.base_; std::is_neq(bases)) return bases;
    if (is_submetric() != other.is_submetric()) return is_submetric() <=> other.is_submetric();
    const auto [own, theirs] =
        std::mismatch(tags_.begin(), tags_.end(), other.tags_.begin(), other.tags_.end());
    if (own != tags_.end() && theirs != other.tags_.end()) return *own <=> *theirs;
    return other.tags_.size() <=> tags_.size();
}

bool metric_name::selects(std::span<const tag> sample) const {
    return std::all_of(tags_.begin(), tags_.end(), [&](const tag& wanted) {
        return std::find(sample.begin(), sample.end(), wanted) != sample.end();
    });
}

}  // namespace dibs::stats
