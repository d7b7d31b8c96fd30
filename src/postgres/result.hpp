#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

struct pg_result;

namespace dibs::postgres {

/// The rows that a statement returned. Views into it live as long as it does. Row and column count from 0.
class result {
   public:
    result() = default;
    /// Takes the ownership of libpq's result.
    explicit result(pg_result* rows);

    int rows() const;
    int columns() const;
    bool empty() const { return rows() == 0; }
    /// Rows that an INSERT, UPDATE or DELETE changed.
    std::int64_t affected() const;
    /// "COMMIT", "INSERT 0 1", …
    std::string_view command_tag() const;

    bool is_null(int row, int column) const;
    std::string_view text(int row, int column) const;
    std::optional<std::string_view> optional_text(int row, int column) const;
    /// Throws dibs::error (bad_input) where the column is no integer.
    std::int64_t integer(int row, int column) const;
    /// For a boolean column.
    bool truth(int row, int column) const { return text(row, column) == "t"; }

    const pg_result* raw() const { return rows_.get(); }

   private:
    struct release {
        void operator()(pg_result* rows) const;
    };
    std::unique_ptr<pg_result, release> rows_;
};

}  // namespace dibs::postgres
