#pragma once

#include <boost/json/object.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

/// Members of the JSON objects that clients send. Pure. All of these throw invalid_input, which names the
/// member and what is expected of it.
namespace dibs::coupon {

enum class text_unit { bytes, characters };

struct text_limit {
    std::size_t longest;
    text_unit counted_in = text_unit::bytes;
};

struct number_limit {
    std::int64_t least;
    std::int64_t most;
};

boost::json::object read_object(std::string_view body);

/// Refuses an object that has another member than these: a misspelt one would be overlooked.
void allow_only(const boost::json::object& from, std::initializer_list<std::string_view> members);

/// Neither empty nor longer than the limit, and without NUL, which PostgreSQL cannot store.
std::string text_of(const boost::json::object& from, std::string_view member, text_limit limit);
std::int64_t number_of(const boost::json::object& from, std::string_view member, number_limit limit);
bool truth_of(const boost::json::object& from, std::string_view member);
/// A time in UTC as RFC 3339 writes it: `2025-01-31T12:00:00Z`, with up to six decimals of the second.
std::string time_of(const boost::json::object& from, std::string_view member);

}  // namespace dibs::coupon
