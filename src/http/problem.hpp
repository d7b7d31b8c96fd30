#pragma once

#include "http/message.hpp"

#include <string>
#include <utility>
#include <vector>

namespace dibs::http {

/// What went wrong, for programs to tell by `type` and for people to read (RFC 9457).
struct problem {
    int status = 500;
    std::string type = "about:blank";  ///< `/problems/sold-out`
    std::string title;
    std::string detail;
    std::vector<std::pair<std::string, std::string>> members;  ///< further ones
};

/// The problem as `application/problem+json`.
response to_response(const problem& what);

/// A problem without a type of its own: its title is the status's own phrase.
response plain_problem(int status, std::string detail);

}  // namespace dibs::http
