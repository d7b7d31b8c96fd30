#include "http/router.hpp"

#include "http/problem.hpp"

#include <boost/url/pct_string_view.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace dibs::http {
namespace {

bool is_name(std::string_view segment) { return segment.size() > 2 && segment.front() == '{'; }
std::string_view name_in(std::string_view segment) { return segment.substr(1, segment.size() - 2); }

/// Takes the segment that follows the leading `/` off the path.
std::string_view take_segment(std::string_view& path) {
    path.remove_prefix(1);
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view segment = path.substr(0, end);
    path.remove_prefix(end);
    return segment;
}

bool fits(const std::vector<std::string>& segments, std::string_view path) {
    for (const std::string& wanted : segments) {
        if (!path.starts_with('/')) return false;
        const std::string_view segment = take_segment(path);
        if (is_name(wanted) ? segment.empty() : segment != wanted) return false;
    }
    return path.empty();
}

bool serves(method offered, method asked) {
    return offered == asked || (offered == method::get && asked == method::head);
}

/// False: the path's percent-encoding is malformed.
bool read_params(const std::vector<std::string>& segments, std::string_view path, path_params& into) {
    for (const std::string& wanted : segments) {
        const std::string_view segment = take_segment(path);
        if (!is_name(wanted)) continue;
        const auto encoded = boost::urls::make_pct_string_view(segment);
        if (!encoded) return false;
        std::string value;
        encoded->decode({}, boost::urls::string_token::assign_to(value));
        into.add(name_in(wanted), std::move(value));
    }
    return true;
}

response not_allowed(method verb, const std::vector<method>& offered) {
    std::string allow;
    const auto list = [&allow](method one) {
        const std::string_view word = to_string(one);
        if (allow.find(word) == std::string::npos)
            allow += fmt::format("{}{}", allow.empty() ? "" : ", ", word);
    };
    for (const method one : offered) {
        list(one);
        if (one == method::get) list(method::head);
    }
    response refused =
        plain_problem(405, fmt::format("{} is not for this path; {} is", to_string(verb), allow));
    refused.headers.emplace_back("Allow", allow);
    return refused;
}

}  // namespace

void router::add(method verb, std::string_view pattern, handler action) {
    if (!pattern.starts_with('/')) throw std::invalid_argument("a route's pattern starts with /");
    route made{verb, std::string(pattern), {}, std::move(action)};
    while (!pattern.empty()) made.segments.emplace_back(take_segment(pattern));
    routes_.push_back(std::move(made));
}

router::match router::find(method verb, std::string_view path) const {
    match found;
    std::vector<method> offered;
    for (const route& one : routes_) {
        if (!fits(one.segments, path)) continue;
        offered.push_back(one.verb);
        if (!serves(one.verb, verb)) continue;
        if (read_params(one.segments, path, found.params))
            found.action = &one.action;
        else
            found.refusal = plain_problem(400, "the path has a % without two hexadecimal digits");
        return found;
    }
    found.refusal = offered.empty() ? plain_problem(404, fmt::format("there is nothing at {}", path))
                                    : not_allowed(verb, offered);
    return found;
}

std::vector<std::pair<method, std::string>> router::patterns() const {
    std::vector<std::pair<method, std::string>> all;
    for (const auto& one : routes_) all.emplace_back(one.verb, one.pattern);
    return all;
}

std::string_view router::pattern_of(method verb, std::string_view path) const {
    for (const auto& one : routes_)
        if (serves(one.verb, verb) && fits(one.segments, path)) return one.pattern;
    return {};
}

}  // namespace dibs::http
