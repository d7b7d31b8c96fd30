#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// What administrators may say of a coupon. Pure. All of these throw invalid_input.
namespace dibs::coupon {

/// A coupon that is to be.
struct coupon_draft {
    std::string id;
    std::string code;
    std::int64_t stock = 0;
    std::int64_t per_user = 1;
    std::optional<std::string> opens_at;   ///< UTC, RFC 3339
    std::optional<std::string> closes_at;  ///< the same
    bool paused = false;
};

coupon_draft read_coupon_draft(std::string_view json);

/// A time that is to be set, or removed where it is empty.
struct time_edit {
    std::optional<std::string> at;
};

/// What is to change of a coupon; what is empty stays.
struct coupon_edit {
    std::optional<std::string> code;
    std::optional<std::int64_t> stock;
    std::optional<std::int64_t> per_user;
    std::optional<time_edit> opens_at;
    std::optional<time_edit> closes_at;
    std::optional<bool> paused;
};

coupon_edit read_coupon_edit(std::string_view json);

/// An If-Match: the edition it names; empty: any.
std::optional<std::int64_t> read_edition(std::optional<std::string_view> if_match);
/// The ETag of an edition.
std::string etag_of(std::int64_t edition);

/// The drafts and edits as JSON for the record, without the code, which is a secret.
std::string for_the_record(const coupon_draft& made);
std::string for_the_record(const coupon_edit& made);

}  // namespace dibs::coupon
