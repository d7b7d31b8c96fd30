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
enum class body_sent { whole, only_its_length };  ///< the latter answers HEAD

/// Appends the response as it goes over the wire. Line ends within its fields are dropped.
void append_answer(std::string& out, const response& what, std::string_view date, persistence after,
                   body_sent how);

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
