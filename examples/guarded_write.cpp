// A write to PostgreSQL that no holder can make once another has written, whatever paused it.
// usage: guarded_write REDIS-URL POSTGRES-CONNINFO
#include <dibs/fencing.hpp>
#include <dibs/mutex.hpp>

#include <libpq-fe.h>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>

namespace {

using session = std::unique_ptr<PGconn, decltype(&PQfinish)>;

struct holder {
    dibs::fencing_token token;
    dibs::owner_id owner;
};

std::string ask(const session& database, const std::string& statement) {
    const std::unique_ptr<PGresult, decltype(&PQclear)> answer(PQexec(database.get(), statement.c_str()),
                                                               &PQclear);
    const auto status = PQresultStatus(answer.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        throw std::runtime_error(PQerrorMessage(database.get()));
    return PQntuples(answer.get()) == 1 ? PQgetvalue(answer.get(), 0, 0) : "";
}

void write(const session& database, const holder& who) {
    ask(database, "BEGIN");
    const bool accepted = ask(database, "SELECT dibs_accept('ledger', " + std::to_string(who.token.value()) +
                                            ", '" + who.owner.text() + "')") == "t";
    if (accepted) ask(database, "UPDATE ledger SET entries = entries + 1");
    ask(database, accepted ? "COMMIT" : "ROLLBACK");
    std::cout << (accepted ? "accepted" : "refused: a later holder has written") << std::endl;
}

holder take(dibs::mutex& ledger) {
    ledger.lock();
    return {*ledger.token(), *ledger.owner()};
}

void write_twice(const dibs::client& locks, const session& database) {
    dibs::lock_request request("ledger");
    request.algorithm = dibs::algorithm::fencing;
    dibs::mutex ledger(locks, request);
    const auto first = take(ledger);
    write(database, first);
    ledger.unlock();
    const auto second = take(ledger);
    write(database, second);
    write(database, first);  // as one would who was paused since, and believes it still holds the lock
    ledger.unlock();
    std::cout << ask(database, "SELECT entries FROM ledger") << " entries" << std::endl;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::cerr << "usage: guarded_write REDIS-URL POSTGRES-CONNINFO\n";
        return 2;
    }
    try {
        const session database(PQconnectdb(argv[2]), &PQfinish);
        ask(database, dibs::fencing::sql);
        ask(database, "CREATE TEMPORARY TABLE ledger AS SELECT 0 AS entries");
        write_twice(dibs::client::connect(dibs::config::from_url(argv[1])), database);
    } catch (const std::exception& failure) {
        std::cerr << failure.what() << '\n';
        return EXIT_FAILURE;
    }
}
