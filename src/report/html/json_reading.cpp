#include "report/html/json_reading.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <cmath>

namespace dibs::report::html {

namespace json = boost::json;

const json::value* member_at(const json::value& in, std::string_view pointer) {
    json::error_code failed;
    const auto* found = in.find_pointer(pointer, failed);
    return found == nullptr || found->is_null() ? nullptr : found;
}

std::optional<double> number_at(const json::value& in, std::string_view pointer) {
    const auto* found = member_at(in, pointer);
    if (found == nullptr || !found->is_number()) return std::nullopt;
    return found->to_number<double>();
}

std::int64_t count_at(const json::value& in, std::string_view pointer) {
    const auto* found = member_at(in, pointer);
    if (found == nullptr || !found->is_number()) return 0;
    json::error_code inexact;
    const auto exact = found->to_number<std::int64_t>(inexact);
    return inexact ? 0 : exact;
}

std::string text_at(const json::value& in, std::string_view pointer) {
    const auto* found = member_at(in, pointer);
    if (found == nullptr) return {};
    if (found->is_string()) return std::string(found->get_string());
    if (found->is_bool()) return found->get_bool() ? "yes" : "no";
    if (found->is_double()) return fmt::format("{:.6g}", found->get_double());
    if (found->is_int64()) return fmt::format("{}", found->get_int64());
    if (found->is_uint64()) return fmt::format("{}", found->get_uint64());
    return {};
}

bool is_set_at(const json::value& in, std::string_view pointer) {
    const auto* found = member_at(in, pointer);
    return found != nullptr && found->is_bool() && found->get_bool();
}

const json::array& list_at(const json::value& in, std::string_view pointer) {
    static const json::array none;
    const auto* found = member_at(in, pointer);
    return found != nullptr && found->is_array() ? found->get_array() : none;
}

const json::object& object_at(const json::value& in, std::string_view pointer) {
    static const json::object none;
    const auto* found = member_at(in, pointer);
    return found != nullptr && found->is_object() ? found->get_object() : none;
}

}  // namespace dibs::report::html
