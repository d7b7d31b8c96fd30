#pragma once

#include "tests/support/coupon_client.hpp"

#include <boost/json/value.hpp>

#include <set>
#include <string>
#include <utility>

namespace dibs::tests {

/// An OpenAPI 3.1 document that answers are held against.
class api_description {
   public:
    explicit api_description(std::string_view text);

    /// `POST /api/coupons/{id}/claims`, as the document writes it.
    using operation = std::string;
    std::set<operation> operations() const;
    /// Every status that it says an operation may answer with.
    std::set<std::pair<operation, int>> answers() const;
    /// Every type of problem, with its status, that it says anything may be answered with.
    std::set<std::pair<int, std::string>> problems() const;

    /// What it does not say of the answer: status, content type, body, required header fields. "": nothing.
    std::string objection(const operation& asked, const api_answer& given) const;
    /// What is wrong with a request's body by its schema.
    std::string objection_to_body(const operation& asked, const std::string& body) const;

   private:
    const boost::json::object& described(const operation& asked) const;
    const boost::json::value& resolved(const boost::json::value& one) const;
    std::string objection_by_schema(const boost::json::value& schema, const boost::json::value& value) const;

    boost::json::value document_;
};

}  // namespace dibs::tests
