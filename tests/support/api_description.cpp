#include "tests/support/api_description.hpp"

#include <boost/algorithm/string/case_conv.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <valijson/adapters/boost_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include <array>
#include <stdexcept>

namespace dibs::tests {
namespace {

namespace json = boost::json;

constexpr std::array methods{"get", "post", "put", "patch", "delete"};

std::string header_of(const api_answer& given, const std::string& name) {
    const auto at = given.head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return {};
    const auto begin = at + name.size() + 4;
    return given.head.substr(begin, given.head.find("\r\n", begin) - begin);
}

}  // namespace

api_description::api_description(std::string_view text) : document_(json::parse(text)) {}

std::set<api_description::operation> api_description::operations() const {
    std::set<operation> all;
    for (const auto& [path, item] : document_.at("paths").as_object())
        for (const char* verb : methods)
            if (item.as_object().contains(verb))
                all.insert(boost::to_upper_copy(std::string(verb)) + " " + std::string(path));
    return all;
}

const json::object& api_description::described(const operation& asked) const {
    const auto space = asked.find(' ');
    const auto& item = document_.at("paths").at(asked.substr(space + 1));
    return item.at(boost::to_lower_copy(asked.substr(0, space))).as_object();
}

std::set<std::pair<api_description::operation, int>> api_description::answers() const {
    std::set<std::pair<operation, int>> all;
    for (const auto& one : operations())
        for (const auto& response : described(one).at("responses").as_object())
            all.emplace(one, std::stoi(std::string(response.key())));
    return all;
}

std::set<std::pair<int, std::string>> api_description::problems() const {
    std::set<std::pair<int, std::string>> all;
    for (const auto& [of, status] : answers()) {
        const auto& response = resolved(described(of).at("responses").at(std::to_string(status))).as_object();
        const auto* content = response.if_contains("content");
        if (!content || !content->as_object().contains("application/problem+json")) continue;
        const auto& parts = content->at("application/problem+json").at("schema").at("allOf").as_array();
        for (const auto& type : parts.at(1).at("properties").at("type").at("enum").as_array())
            all.emplace(status, type.as_string());
    }
    return all;
}

const json::value& api_description::resolved(const json::value& one) const {
    const auto* reference = one.as_object().if_contains("$ref");
    if (!reference) return one;
    return document_.at_pointer(std::string_view(reference->as_string()).substr(1));  // without the `#`
}

std::string api_description::objection_by_schema(const json::value& schema, const json::value& value) const {
    // The references within start at the document's root.
    json::object root{{"allOf", json::array{schema}}, {"components", document_.at("components")}};
    const json::value whole(std::move(root));
    valijson::Schema compiled;
    valijson::SchemaParser parser;
    parser.populateSchema(valijson::adapters::BoostJsonAdapter(whole), compiled);
    valijson::Validator validator;
    valijson::ValidationResults results;
    if (validator.validate(compiled, valijson::adapters::BoostJsonAdapter(value), &results)) return {};
    std::string text;
    valijson::ValidationResults::Error error;
    while (results.popError(error)) {
        for (const auto& part : error.context) text += part;
        text += ": " + error.description + "\n";
    }
    return text;
}

std::string api_description::objection(const operation& asked, const api_answer& given) const {
    const auto& responses = described(asked).at("responses").as_object();
    const auto* found = responses.if_contains(std::to_string(given.status));
    if (!found) return fmt::format("{} is not described: {}", given.status, given.text);
    const auto& response = resolved(*found).as_object();
    if (const auto* headers = response.if_contains("headers"))
        for (const auto& [name, header] : headers->as_object())
            if (header.as_object().contains("required") && header_of(given, name).empty())
                return std::string(name) + " is missing: " + given.head;
    if (const auto* content = response.if_contains("content")) {
        const auto type = header_of(given, "Content-Type");
        const auto* form = content->as_object().if_contains(type);
        if (!form) return "content type: " + given.head;
        const json::value text(given.text);
        const auto& body = type.ends_with("json") ? given.body : text;
        if (auto wrong = objection_by_schema(form->at("schema"), body); !wrong.empty())
            return wrong + given.text;
    } else if (!given.text.empty()) {
        return "a body is not described: " + given.text;
    }
    return {};
}

std::string api_description::objection_to_body(const operation& asked, const std::string& body) const {
    const auto* described_body = described(asked).if_contains("requestBody");
    if (!described_body) return body.empty() ? "" : "a request's body is not described";
    return objection_by_schema(described_body->at("content").at("application/json").at("schema"),
                               json::parse(body));
}

}  // namespace dibs::tests
