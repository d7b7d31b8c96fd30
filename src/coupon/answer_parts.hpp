#pragma once

#include "http/message.hpp"

#include <boost/json/value.hpp>

#include <optional>
#include <string>

/// What all answers of the service are made of. Pure.
namespace dibs::coupon {

/// JSON under `data`.
http::response data_answer(int status, boost::json::value content);
/// A problem (RFC 9457) of the type `/problems/TYPE`.
http::response problem_answer(int status, const char* type, const char* title, std::string detail);
/// A problem with the status 503 and Retry-After: nothing is wrong with the request.
http::response come_again(const char* type, const char* title, std::string detail);
/// A problem with the status 401 and the WWW-Authenticate that goes with it (RFC 9110, section 15.5.2).
http::response not_signed_in(const char* type, const char* title, std::string detail);

/// A time, or null where there is none.
boost::json::value time_or_null(const std::optional<std::string>& at);

}  // namespace dibs::coupon
