#pragma once

#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Members of foreign JSON that may be missing: an older version did not write them. `pointer` as in RFC
/// 6901.
namespace dibs::report::html {

/// Empty where there is none, or null.
const boost::json::value* member_at(const boost::json::value& in, std::string_view pointer);
std::optional<double> number_at(const boost::json::value& in, std::string_view pointer);
std::int64_t count_at(const boost::json::value& in, std::string_view pointer);  ///< 0 where there is none
/// Numbers and truth values as text, too; "" where there is none.
std::string text_at(const boost::json::value& in, std::string_view pointer);
bool is_set_at(const boost::json::value& in, std::string_view pointer);
/// No elements where there is no list.
const boost::json::array& list_at(const boost::json::value& in, std::string_view pointer);
const boost::json::object& object_at(const boost::json::value& in, std::string_view pointer);

}  // namespace dibs::report::html
