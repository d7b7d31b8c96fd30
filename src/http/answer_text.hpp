#pragma once

#include "http/message.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace dibs::http {

/// How a response travels.
enum class persistence {
    keep,           ///< HTTP/1.1: the connection stays without a word
    announce_keep,  ///< HTTP/1.0: it stays because the client asked for it
    close
};
enum class body_sent {
    whole,
    only_its_length,  ///< answers HEAD
    in_chunks,        ///< follows by append_chunk()
    until_close       ///< follows as it is
};

/// What every answer says of itself.
struct answer_marks {
    std::string_view date;
    std::string_view request_id;
    std::string_view traceparent;  ///< empty: not said
};

/// Appends the response as it goes over the wire. Line ends within its fields are dropped.
void append_answer(std::string& out, const response& what, const answer_marks& marks, persistence after,
                   body_sent how);

/// Appends a piece of a body that is sent in chunks. An empty one ends it.
void append_chunk(std::string& out, std::string_view text);

/// Appends `name: value` and a line end; those within are dropped.
void append_field(std::string& out, std::string_view name, std::string_view value);

/// The text of the Date field, made once a second. Not thread-safe.
class date_text {
   public:
    std::string_view at(std::chrono::system_clock::time_point now);

   private:
    std::chrono::sys_seconds second_{std::chrono::seconds(-1)};
    std::string text_;
};

}  // namespace dibs::http
