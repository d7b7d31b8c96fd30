#pragma once

#include "sandbox/postgres_cluster.hpp"

#include <string>

namespace dibs::tests {

/// The PostgreSQL cluster of this test program: started at the first call, stopped after the last test. A
/// test that kills one starts its own.
sandbox::postgres_cluster& shared_postgres();

/// An empty schema of its own for one test, in the shared cluster.
class fresh_schema {
   public:
    fresh_schema();
    const std::string& name() const { return name_; }
    /// A URI for libpq whose connections find and make their tables in this schema.
    const std::string& url() const { return url_; }

   private:
    std::string name_;
    std::string url_;
};

/// Runs SQL over a connection of its own and returns the first column of the first row, or "". Throws
/// std::runtime_error with the server's message.
std::string run_sql(const std::string& url, const std::string& text);

}  // namespace dibs::tests
