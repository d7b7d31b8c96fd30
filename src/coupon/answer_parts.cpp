#include "coupon/answer_parts.hpp"

#include "http/problem.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <utility>

namespace dibs::coupon {
namespace {

constexpr const char* retry_after_seconds = "1";

}  // namespace

http::response data_answer(int status, boost::json::value content) {
    http::response made;
    made.status = status;
    made.body = boost::json::serialize(boost::json::object{{"data", std::move(content)}});
    return made;
}

http::response problem_answer(int status, const char* type, const char* title, std::string detail) {
    http::problem made;
    made.status = status;
    made.type = std::string("/problems/") + type;
    made.title = title;
    made.detail = std::move(detail);
    return http::to_response(made);
}

http::response come_again(const char* type, const char* title, std::string detail) {
    http::response made = problem_answer(503, type, title, std::move(detail));
    made.headers.emplace_back("Retry-After", retry_after_seconds);
    return made;
}

http::response not_signed_in(const char* type, const char* title, std::string detail) {
    http::response made = problem_answer(401, type, title, std::move(detail));
    made.headers.emplace_back("WWW-Authenticate", "Bearer");
    return made;
}

boost::json::value time_or_null(const std::optional<std::string>& at) {
    return at ? boost::json::value(*at) : boost::json::value(nullptr);
}

}  // namespace dibs::coupon
