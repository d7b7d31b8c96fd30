#include "http/problem.hpp"

#include <boost/beast/http/status.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace dibs::http {

response to_response(const problem& what) {
    boost::json::object shown{{"type", what.type}, {"title", what.title}, {"status", what.status}};
    if (!what.detail.empty()) shown["detail"] = what.detail;
    for (const auto& [name, value] : what.members) shown.emplace(name, value);  // never over those above
    response made;
    made.status = what.status;
    made.content_type = "application/problem+json";
    made.body = boost::json::serialize(shown);
    return made;
}

response plain_problem(int status, std::string detail) {
    problem made;
    made.status = status;
    made.title =
        boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(static_cast<unsigned>(status)));
    made.detail = std::move(detail);
    return to_response(made);
}

}  // namespace dibs::http
