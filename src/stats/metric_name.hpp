#pragma once

#include <compare>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace dibs::stats {

/// A metric name, threshold or the like that cannot be understood; the message says what is wrong with it.
class bad_expression : public std::invalid_argument {
   public:
    using std::invalid_argument::invalid_argument;
};

struct tag {
    std::string key;
    std::string value;

    auto operator<=>(const tag&) const = default;
};

/// A metric, or with tags the submetric of those samples that carry them: `http_req_duration{name:claim}`.
/// Submetrics sort directly after their parent, and as k6 lists them: those of more tags before those of the
/// first of these tags alone.
class metric_name {
   public:
    /// `NAME` or `NAME{KEY:VALUE,…}`; spaces around the parts do not count. Throws bad_expression.
    static metric_name parse(std::string_view text);

    const std::string& base() const { return base_; }
    const std::vector<tag>& tags() const { return tags_; }
    bool is_submetric() const { return !tags_.empty(); }
    metric_name parent() const;
    /// `KEY:VALUE,…`; empty for a metric without tags.
    std::string tags_text() const;
    /// `NAME` or `NAME{KEY:VALUE,…}`, as k6's JSON has it.
    std::string text() const;
    /// True where `sample` has all the tags.
    bool selects(std::span<const tag> sample) const;

    bool operator==(const metric_name&) const = default;
    std::strong_ordering operator<=>(const metric_name& other) const;

   private:
    std::string base_;
    std::vector<tag> tags_;
};

}  // namespace dibs::stats
