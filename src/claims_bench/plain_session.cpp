#include "claims_bench/plain_session.hpp"

#include <libpq-fe.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace dibs::claims_bench {
namespace {

std::vector<const char*> texts_of(const postgres::params& values) {
    std::vector<const char*> texts;
    for (const auto& value : values.values()) texts.push_back(value ? value->c_str() : nullptr);
    return texts;
}

}  // namespace

void plain_session::finish::operator()(pg_conn* session) const { PQfinish(session); }

plain_session::plain_session(const postgres::target& where, statement_texts texts)
    : texts_(std::move(texts)) {
    const auto options = where.session_options();
    const std::array keywords{"dbname", "options", static_cast<const char*>(nullptr)};
    const std::array values{where.conninfo.c_str(), options.c_str(), static_cast<const char*>(nullptr)};
    session_.reset(PQconnectdbParams(keywords.data(), values.data(), 1));
    require(PQstatus(session_.get()) == CONNECTION_OK, "connect");
}

void plain_session::require(int sent, const std::string& what) const {
    if (!sent) throw std::runtime_error(what + ": " + PQerrorMessage(session_.get()));
}

postgres::result plain_session::checked(postgres::result answer, const std::string& what) const {
    const auto status = PQresultStatus(answer.raw());
    require(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK, what);
    return answer;
}

void plain_session::prepare(const std::string& name) {
    if (!prepared_.insert(name).second) return;
    const auto found = texts_.find(name);
    if (found == texts_.end()) throw std::runtime_error("the service prepares no statement " + name);
    checked(postgres::result(PQprepare(session_.get(), name.c_str(), found->second.c_str(), 0, nullptr)),
            name);
}

postgres::result plain_session::execute(const named_query& what) {
    prepare(what.name);
    const auto values = texts_of(what.values);
    return checked(
        postgres::result(PQexecPrepared(session_.get(), what.name.c_str(), static_cast<int>(values.size()),
                                        values.data(), nullptr, nullptr, 0)),
        what.name);
}

postgres::result plain_session::together(const std::vector<named_query>& all) {
    for (const auto& one : all) prepare(one.name);
    require(PQenterPipelineMode(session_.get()), "pipeline");
    for (const auto& one : all) {
        const auto values = texts_of(one.values);
        require(PQsendQueryPrepared(session_.get(), one.name.c_str(), static_cast<int>(values.size()),
                                    values.data(), nullptr, nullptr, 0),
                one.name);
    }
    require(PQpipelineSync(session_.get()), "sync");
    postgres::result last;
    for (const auto& one : all) {
        last = checked(postgres::result(PQgetResult(session_.get())), one.name);
        postgres::result(PQgetResult(session_.get()));  // libpq ends each answer with a null
    }
    const postgres::result end(PQgetResult(session_.get()));
    require(PQresultStatus(end.raw()) == PGRES_PIPELINE_SYNC, "sync");
    require(PQexitPipelineMode(session_.get()), "pipeline");
    return last;
}

std::int64_t integer_in(const postgres::result& rows, const std::string& column) {
    const int place = PQfnumber(rows.raw(), column.c_str());
    if (place < 0 || rows.empty()) throw std::runtime_error("an answer without " + column);
    return rows.integer(0, place);
}

}  // namespace dibs::claims_bench
