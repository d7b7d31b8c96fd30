#include "redis/reply.hpp"

#include <dibs/error.hpp>

#include <fmt/format.h>

#include <utility>

namespace dibs::redis {
namespace {

[[noreturn]] void unreadable(std::string_view wanted, reply::type found) {
    throw error(fault::in_doubt, "redis", "reply",
                fmt::format("expected {}, but the answer is {}", wanted, to_string(found)));
}

}  // namespace

std::string_view to_string(reply::type kind) {
    switch (kind) {
        case reply::type::nil: return "nil";
        case reply::type::status: return "a status";
        case reply::type::string: return "a string";
        case reply::type::integer: return "an integer";
        case reply::type::array: return "an array";
        case reply::type::error: return "an error";
    }
    return "unknown";
}

reply reply::of_text(type kind, std::string_view text) {
    reply made;
    made.kind_ = kind;
    made.text_ = text;
    return made;
}

reply reply::of_integer(std::int64_t value) {
    reply made;
    made.kind_ = type::integer;
    made.integer_ = value;
    return made;
}

reply reply::of_array(std::vector<reply> elements) {
    reply made;
    made.kind_ = type::array;
    made.elements_ = std::move(elements);
    return made;
}

const std::string& reply::text() const {
    if (kind_ != type::status && kind_ != type::string && kind_ != type::error) unreadable("text", kind_);
    return text_;
}

std::int64_t reply::integer() const {
    if (kind_ != type::integer) unreadable("an integer", kind_);
    return integer_;
}

const std::vector<reply>& reply::elements() const {
    if (kind_ != type::array) unreadable("an array", kind_);
    return elements_;
}

}  // namespace dibs::redis
