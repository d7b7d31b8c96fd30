#include "tests/support/postgres_server.hpp"

#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <memory>
#include <optional>
#include <stdexcept>

namespace dibs::tests {
namespace {

struct cluster {
    sandbox::supervisor box;
    sandbox::postgres_cluster server{box};
};

std::optional<cluster>& shared() {
    static std::optional<cluster> instance;
    return instance;
}

class ends_with_the_tests : public testing::Environment {
    void TearDown() override { shared().reset(); }
};

[[maybe_unused]] const auto* const environment = testing::AddGlobalTestEnvironment(new ends_with_the_tests);

}  // namespace

sandbox::postgres_cluster& shared_postgres() {
    auto& instance = shared();
    if (!instance) {
        instance.emplace();
        instance->server.start();
    }
    return instance->server;
}

fresh_schema::fresh_schema() {
    static int made = 0;
    name_ = "test_" + std::to_string(++made);
    const auto server = shared_postgres().url();
    run_sql(server, "CREATE SCHEMA " + name_);
    url_ = server + "&options=-csearch_path%3D" + name_;
}

std::string run_sql(const std::string& url, const std::string& text) {
    const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(url.c_str()), PQfinish);
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection.get(), text.c_str()),
                                                               PQclear);
    const auto status = PQresultStatus(result.get());
    if (status == PGRES_COMMAND_OK) return {};
    if (status != PGRES_TUPLES_OK) throw std::runtime_error(PQerrorMessage(connection.get()));
    return PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
}

}  // namespace dibs::tests
