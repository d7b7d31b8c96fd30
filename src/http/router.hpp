#pragma once

#include "http/message.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dibs::http {

/// Finds the handler of a path. Pure.
class router {
   public:
    /// `pattern`: `/api/coupons/{id}/claims`; a name in braces stands for one segment that is not empty. Of
    /// patterns that match one path, the first added wins. GET answers HEAD too.
    void add(method verb, std::string_view pattern, handler action);

    struct match {
        const handler* action = nullptr;  ///< null: see `refusal`
        path_params params;
        std::optional<response> refusal;  ///< 400, 404, or 405 with Allow
    };
    /// `path` is percent-encoded and without a query. The router must outlive the match.
    match find(method verb, std::string_view path) const;

    /// The pattern that answers such a request; empty: none. It lives as long as the router.
    std::string_view pattern_of(method verb, std::string_view path) const;

    /// What was added, as it was written.
    std::vector<std::pair<method, std::string>> patterns() const;

   private:
    struct route {
        method verb;
        std::string pattern;
        std::vector<std::string> segments;
        handler action;
    };
    std::vector<route> routes_;
};

}  // namespace dibs::http
