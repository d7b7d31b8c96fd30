#include "postgres/result.hpp"

#include <dibs/error.hpp>

#include <libpq-fe.h>

#include <charconv>
#include <string>

namespace dibs::postgres {
namespace {

std::int64_t number_in(std::string_view digits, const std::string& where) {
    std::int64_t number = 0;
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (failed != std::errc{} || end != digits.data() + digits.size())
        throw error(fault::bad_input, "postgresql", where, "'" + std::string(digits) + "' is no integer");
    return number;
}

}  // namespace

void result::release::operator()(pg_result* rows) const { PQclear(rows); }

result::result(pg_result* rows) : rows_(rows) {}

int result::rows() const { return PQntuples(rows_.get()); }
int result::columns() const { return PQnfields(rows_.get()); }

std::int64_t result::affected() const {
    const std::string_view count = PQcmdTuples(rows_.get());
    return count.empty() ? 0 : number_in(count, "rows affected");
}

std::string_view result::command_tag() const { return PQcmdStatus(rows_.get()); }

bool result::is_null(int row, int column) const { return PQgetisnull(rows_.get(), row, column) == 1; }

std::string_view result::text(int row, int column) const {
    return {PQgetvalue(rows_.get(), row, column),
            static_cast<std::size_t>(PQgetlength(rows_.get(), row, column))};
}

std::optional<std::string_view> result::optional_text(int row, int column) const {
    if (is_null(row, column)) return std::nullopt;
    return text(row, column);
}

std::int64_t result::integer(int row, int column) const {
    const char* name = PQfname(rows_.get(), column);
    const auto where = name ? name : "column " + std::to_string(column);
    if (is_null(row, column)) throw error(fault::bad_input, "postgresql", where, "NULL is no integer");
    return number_in(text(row, column), where);
}

}  // namespace dibs::postgres
