#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dibs::postgres {

/// One SQL statement with parameters `$1` …; both texts are literals. It is prepared under `name` at its
/// first use on each connection; without a name it is parsed every time.
struct statement {
    const char* name;
    const char* text;
};

/// What errors call it.
inline std::string_view name_of(const statement& what) { return *what.name ? what.name : what.text; }

/// Values for `$1` …, in order: `params().add(name).add(42).add_null()`.
class params {
   public:
    params& add(std::string_view text) & { return values_.emplace_back(std::string(text)), *this; }
    params&& add(std::string_view text) && { return std::move(add(text)); }
    params& add(std::int64_t number) & { return values_.emplace_back(std::to_string(number)), *this; }
    params&& add(std::int64_t number) && { return std::move(add(number)); }
    params& add_null() & { return values_.emplace_back(std::nullopt), *this; }
    params&& add_null() && { return std::move(add_null()); }

    const std::vector<std::optional<std::string>>& values() const { return values_; }

   private:
    std::vector<std::optional<std::string>> values_;
};

/// A statement with its values.
struct query {
    query(const statement& chosen, params with) : what(&chosen), values(std::move(with)) {}
    const statement* what;
    params values;
};

}  // namespace dibs::postgres
