#include "fault/session_hog.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <chrono>
#include <initializer_list>
#include <stdexcept>

namespace dibs::faults {
namespace {

constexpr std::chrono::milliseconds between_tries{1};

}  // namespace

void session_hog::closer::operator()(pg_conn* session) const { PQfinish(session); }

session_hog::session_hog(const std::string& url) : url_(url) {
    if (!take_one())
        throw std::runtime_error("PostgreSQL has no session to give, so there is nothing to take away");
    while (take_one()) continue;
    let_idle_sessions("ALTER SYSTEM SET idle_session_timeout = '10ms'");
    greed_ = std::jthread([this](const std::stop_token& told) { take_what_becomes_free(told); });
}

session_hog::~session_hog() {
    greed_ = {};
    try {
        let_idle_sessions("ALTER SYSTEM RESET idle_session_timeout");
    } catch (const std::runtime_error&) {  // the server has gone, and its sessions with it
    }
}

bool session_hog::take_one() {
    const char* const words[] = {"dbname", "options", nullptr};
    const char* const values[] = {url_.c_str(), "-c idle_session_timeout=0", nullptr};
    constexpr int expand_the_url = 1;
    session one(PQconnectdbParams(words, values, expand_the_url));
    if (PQstatus(one.get()) != CONNECTION_OK) return false;
    sessions_.push_back(std::move(one));
    return true;
}

void session_hog::let_idle_sessions(const char* live) {
    for (const char* const order : {live, "SELECT pg_reload_conf()"}) {
        const std::unique_ptr<PGresult, decltype(&PQclear)> answer(PQexec(sessions_.front().get(), order),
                                                                   PQclear);
        const auto status = PQresultStatus(answer.get());
        if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
            throw std::runtime_error(fmt::format("{}: {}", order, PQresultErrorMessage(answer.get())));
    }
}

void session_hog::take_what_becomes_free(const std::stop_token& told) {
    while (!told.stop_requested())
        if (!take_one()) std::this_thread::sleep_for(between_tries);
}

}  // namespace dibs::faults
