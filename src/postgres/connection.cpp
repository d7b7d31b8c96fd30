#include "postgres/connection.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <array>
#include <cassert>
#include <optional>
#include <utility>

namespace dibs::postgres {
namespace {

struct free_options {
    void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

std::string without_newlines(std::string_view text) {
    std::string line(text);
    for (char& c : line)
        if (c == '\n') c = ' ';
    while (!line.empty() && line.back() == ' ') line.pop_back();
    return line;
}

/// `-c name=value` for each, as the server takes them when a session starts.
std::string start_options(const std::vector<std::pair<std::string, std::string>>& settings) {
    std::string options;
    for (const auto& [name, value] : settings) {
        options += fmt::format("-c {}=", name);
        for (const char c : value) {
            if (c == ' ' || c == '\\') options += '\\';
            options += c;
        }
        options += ' ';
    }
    return options;
}

std::string field(const pg_result* answer, int code) {
    const char* text = PQresultErrorField(answer, code);
    return text ? text : "";
}

bool ends_the_session(std::string_view sqlstate) {
    return sqlstate.starts_with("57P") || sqlstate.starts_with("08");
}

std::string_view name_of(const statement& what) { return *what.name ? what.name : what.text; }

}  // namespace

std::string target::describe() const {
    char* complaint = nullptr;
    const std::unique_ptr<PQconninfoOption, free_options> options(
        PQconninfoParse(conninfo.c_str(), &complaint));
    if (!options) {
        const std::string why = complaint ? complaint : "out of memory";
        PQfreemem(complaint);
        throw error(fault::bad_input, "postgresql", "conninfo",
                    without_newlines(why) + "; give a URI like postgresql://user@host:5432/database");
    }
    std::string text = "postgresql";
    for (const auto* option = options.get(); option->keyword; ++option) {
        const std::string_view keyword = option->keyword;
        if (option->val && (keyword == "host" || keyword == "port" || keyword == "dbname"))
            text += fmt::format(" {}", option->val);
    }
    return text;
}

/// Ends every way out but the good one with a session that is not used again.
class connection::use {
   public:
    use(connection& of, deadline until) : of_(of), watch_(of.link_, until) {
        assert(!of.broken_ && "a broken session is not used again");
        of.broken_ = true;
    }
    void well_ended() { of_.broken_ = false; }

   private:
    connection& of_;
    link::watch watch_;
};

void connection::finish::operator()(pg_conn* session) const { PQfinish(session); }

connection::connection(const asio::any_io_executor& executor, target where)
    : where_(std::move(where)), backend_(where_.describe()), link_(executor) {}

connection::~connection() { link_.let_go(); }

task<std::unique_ptr<connection>> connection::open(asio::any_io_executor executor, target where,
                                                   deadline until) {
    std::unique_ptr<connection> opened(new connection(executor, std::move(where)));
    co_await opened->connect(until);
    co_return opened;
}

task<void> connection::connect(deadline until) {
    const auto options = start_options(where_.settings);
    const std::array<const char*, 5> keywords{"fallback_application_name", "client_encoding", "options",
                                              "dbname", nullptr};
    const std::array<const char*, 5> values{"dibs", "UTF8", options.c_str(), where_.conninfo.c_str(),
                                            nullptr};
    session_.reset(PQconnectStartParams(keywords.data(), values.data(), 1));
    if (!session_) throw std::bad_alloc();
    const link::watch watch(link_, until);
    auto state = PQstatus(session_.get()) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
    try {
        while (state != PGRES_POLLING_OK && state != PGRES_POLLING_FAILED) {
            link_.follow(session_.get());
            if (state == PGRES_POLLING_READING)
                co_await link_.readable();
            else
                co_await link_.writable();
            // It may close the socket and open another one under the same number.
            link_.let_go();
            state = PQconnectPoll(session_.get());
        }
    } catch (const link::deadline_passed&) {
        throw error(fault::unavailable, backend_, "connect", "no connection before the deadline");
    }
    if (state == PGRES_POLLING_FAILED)
        throw error(fault::unavailable, backend_, "connect",
                    without_newlines(PQerrorMessage(session_.get())));
    link_.follow(session_.get());
    PQsetnonblocking(session_.get(), 1);
    // Notices go to nobody: ours would be those of CREATE … IF NOT EXISTS.
    PQsetNoticeReceiver(
        session_.get(), [](void*, const PGresult*) {}, nullptr);
}

bool connection::in_transaction() const { return PQtransactionStatus(session_.get()) != PQTRANS_IDLE; }

bool connection::still_open() {
    return !broken_ && PQconsumeInput(session_.get()) == 1 && PQstatus(session_.get()) == CONNECTION_OK;
}

task<result> connection::execute(const statement& what, params values, deadline until) {
    std::vector<query> one;
    one.emplace_back(what, std::move(values));
    auto results = co_await execute(std::move(one), until);
    co_return std::move(results.front());
}

task<std::vector<result>> connection::execute(std::vector<query> together, deadline until) {
    use session(*this, until);
    std::string_view under_way = together.empty() ? "nothing" : name_of(*together.front().what);
    std::vector<result> results;
    std::exception_ptr refused;
    try {
        auto answers = send(together);
        co_await flush();
        results = co_await collect(std::move(answers));
    } catch (const link::deadline_passed&) {
        throw error(fault::timeout, backend_, std::string(under_way), "no answer before the deadline");
    } catch (const failure& answered) {
        // The pipeline was read to its end: the session goes on.
        refused = std::current_exception();
    }
    PQexitPipelineMode(session_.get());
    session.well_ended();
    if (refused) std::rethrow_exception(refused);
    co_return results;
}

std::vector<connection::expected> connection::send(const std::vector<query>& together) {
    std::vector<expected> answers;
    PQenterPipelineMode(session_.get());
    for (const auto& [what, values] : together) {
        const bool named = *what->name != '\0';
        if (named && !prepared_.contains(what->name)) {
            if (!PQsendPrepare(session_.get(), what->name, what->text, 0, nullptr)) lost(name_of(*what));
            answers.push_back({expected::part::preparation, what});
            prepared_.insert(what->name);
        }
        std::vector<const char*> texts;
        for (const auto& value : values.values()) texts.push_back(value ? value->c_str() : nullptr);
        const int count = static_cast<int>(texts.size());
        const int sent =
            named ? PQsendQueryPrepared(session_.get(), what->name, count, texts.data(), nullptr, nullptr, 0)
                  : PQsendQueryParams(session_.get(), what->text, count, nullptr, texts.data(), nullptr,
                                      nullptr, 0);
        if (!sent) lost(name_of(*what));
        answers.push_back({expected::part::execution, what});
    }
    if (!PQpipelineSync(session_.get())) lost("sync");
    return answers;
}

task<std::vector<result>> connection::collect(std::vector<expected> answers) {
    std::vector<result> results;
    std::exception_ptr first_failure;
    for (const auto& [part, of] : answers) {
        result answer(co_await next());
        const auto* raw = answer.raw();
        const auto status = PQresultStatus(raw);
        if (status == PGRES_FATAL_ERROR && !first_failure) first_failure = failure_of(raw, name_of(*of));
        if (part == expected::part::preparation && status != PGRES_COMMAND_OK) prepared_.erase(of->name);
        if (part == expected::part::execution) results.push_back(std::move(answer));
        if (pg_result* more = co_await next()) PQclear(more);  // libpq ends each answer with a null
    }
    const result sync(co_await next());
    if (PQresultStatus(sync.raw()) != PGRES_PIPELINE_SYNC) lost("sync");
    if (first_failure) std::rethrow_exception(first_failure);
    co_return results;
}

task<void> connection::run(std::string script, deadline until) {
    use session(*this, until);
    std::exception_ptr first_failure;
    try {
        if (!PQsendQuery(session_.get(), script.c_str())) lost("script");
        co_await flush();
        while (pg_result* raw = co_await next()) {
            const result answer(raw);
            if (PQresultStatus(raw) == PGRES_FATAL_ERROR && !first_failure)
                first_failure = failure_of(raw, "script");
        }
    } catch (const link::deadline_passed&) {
        throw error(fault::timeout, backend_, "script", "no answer before the deadline");
    }
    session.well_ended();
    if (first_failure) std::rethrow_exception(first_failure);
}

task<void> connection::flush() {
    for (;;) {
        const int left = PQflush(session_.get());
        if (left == 0) co_return;
        if (left < 0) lost("send");
        co_await link_.writable();
        if (!PQconsumeInput(session_.get())) lost("send");
    }
}

task<pg_result*> connection::next() {
    while (PQisBusy(session_.get())) {
        co_await link_.readable();
        if (!PQconsumeInput(session_.get())) lost("read");
    }
    pg_result* answer = PQgetResult(session_.get());
    if (PQstatus(session_.get()) == CONNECTION_BAD) {
        PQclear(answer);
        lost("read");
    }
    co_return answer;
}

void connection::lost(std::string_view what) const {
    throw error(fault::in_doubt, backend_, std::string(what),
                without_newlines(PQerrorMessage(session_.get())));
}

std::exception_ptr connection::failure_of(const pg_result* answer, std::string_view what) const {
    const auto sqlstate = field(answer, PG_DIAG_SQLSTATE);
    const auto cause =
        fmt::format("{} ({})", without_newlines(field(answer, PG_DIAG_MESSAGE_PRIMARY)), sqlstate);
    if (ends_the_session(sqlstate))
        return std::make_exception_ptr(error(fault::in_doubt, backend_, std::string(what), cause));
    return std::make_exception_ptr(
        failure(backend_, std::string(what), cause, sqlstate, field(answer, PG_DIAG_CONSTRAINT_NAME)));
}

}  // namespace dibs::postgres
