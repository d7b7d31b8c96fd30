#pragma once

#include "postgres/result.hpp"
#include "postgres/statement.hpp"
#include "postgres/target.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

struct pg_conn;

/// The floors: PostgreSQL by libpq's blocking calls on one connection.
namespace dibs::claims_bench {

/// The texts of prepared statements by their names.
using statement_texts = std::map<std::string, std::string>;

/// A statement by its name, and its values.
struct named_query {
    std::string name;
    postgres::params values = {};
};

class plain_session {
   public:
    /// Statements are prepared at their first use. Throws std::runtime_error with the server's words, as all
    /// here do.
    plain_session(const postgres::target& where, statement_texts texts);

    postgres::result execute(const named_query& what);
    /// All in one round trip; outside of a transaction they form one. The last one's result.
    postgres::result together(const std::vector<named_query>& all);

   private:
    struct finish {
        void operator()(pg_conn* session) const;
    };
    void prepare(const std::string& name);
    postgres::result checked(postgres::result answer, const std::string& what) const;
    void require(int sent, const std::string& what) const;

    statement_texts texts_;
    std::set<std::string> prepared_;
    std::unique_ptr<pg_conn, finish> session_;
};

/// In the first row, by the column's name. Throws std::runtime_error where there is none.
std::int64_t integer_in(const postgres::result& rows, const std::string& column);

}  // namespace dibs::claims_bench
