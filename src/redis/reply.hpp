#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dibs::redis {

/// What a Redis server answered (RESP2), as a value.
class reply {
   public:
    enum class type { nil, status, string, integer, array, error };

    reply() = default;  ///< nil
    static reply of_text(type kind, std::string_view text);
    static reply of_integer(std::int64_t value);
    static reply of_array(std::vector<reply> elements);

    type kind() const { return kind_; }
    bool is_nil() const { return kind_ == type::nil; }

    /// The text of a status, string or error. These three throw dibs::error (in_doubt) for a reply of another
    /// kind: an answer that cannot be read is as good as none.
    const std::string& text() const;
    std::int64_t integer() const;
    const std::vector<reply>& elements() const;

    bool operator==(const reply&) const = default;

   private:
    friend struct reply_builder;  // of the decoder: fills an array in place

    type kind_ = type::nil;
    std::int64_t integer_ = 0;
    std::string text_;
    std::vector<reply> elements_;
};

std::string_view to_string(reply::type kind);

}  // namespace dibs::redis
