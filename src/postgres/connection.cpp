#include "postgres/connection.hpp"

#include "postgres/words.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <utility>

namespace dibs::postgres {
namespace {

std::string field(const result& answer, int code) {
    const char* text = PQresultErrorField(answer.raw(), code);
    return text ? text : "";
}

std::string_view name_of(const statement& what) { return *what.name ? what.name : what.text; }

bool holds_nul(const std::optional<std::string>& value) {
    return value && value->find('\0') != std::string::npos;
}

void fail_the_rest(std::vector<reply>& replies, std::size_t wanted, const std::exception_ptr& why) {
    while (replies.size() < wanted) replies.push_back({{}, why});
}

}  // namespace

/// Closes the session on every way out but the good one.
class connection::use {
   public:
    use(connection& of, deadline until, on_loss meaning) : of_(of), watch_(of.link_, until) {
        of_.if_lost_ = meaning == on_loss::undone ? fault::unavailable : fault::in_doubt;
        of_.first_failure_ = nullptr;
    }
    use(const use&) = delete;
    use& operator=(const use&) = delete;
    ~use() {
        if (!well_) of_.close();
    }
    void well_ended() { well_ = true; }

   private:
    connection& of_;
    link::watch watch_;
    bool well_ = false;
};

void connection::finish::operator()(pg_conn* session) const { PQfinish(session); }

connection::connection(const asio::any_io_executor& executor, target where)
    : where_(std::move(where)), backend_(where_.describe()), link_(executor) {}

connection::~connection() { close(); }

void connection::close() {
    link_.let_go();
    session_ = nullptr;
}

task<std::unique_ptr<connection>> connection::open(asio::any_io_executor executor, target where,
                                                   deadline until) {
    std::unique_ptr<connection> opened(new connection(executor, std::move(where)));
    co_await opened->connect(until);
    co_return opened;
}

task<void> connection::connect(deadline until) {
    const auto options = where_.session_options();
    // A later one wins, so the conninfo may choose its own name and encoding; its options are in ours.
    const std::array keywords{"fallback_application_name", "client_encoding", "dbname", "options",
                              static_cast<const char*>(nullptr)};
    const std::array values{"dibs", "UTF8", where_.conninfo.c_str(), options.c_str(),
                            static_cast<const char*>(nullptr)};
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
        throw error(fault::unavailable, backend_, "connect", on_one_line(PQerrorMessage(session_.get())));
    link_.follow(session_.get());
    PQsetnonblocking(session_.get(), 1);
    // Notices go to nobody: ours would be those of CREATE … IF NOT EXISTS.
    PQsetNoticeReceiver(
        session_.get(), [](void*, const PGresult*) {}, nullptr);
}

bool connection::in_transaction() const {
    return usable() && PQtransactionStatus(session_.get()) != PQTRANS_IDLE;
}

bool connection::still_open() const {
    if (!usable() || PQstatus(session_.get()) != CONNECTION_OK) return false;
    // An idle session has nothing to say but that it ends (or, rarely, that a setting was changed: then it is
    // cheap to make another).
    pollfd socket{.fd = PQsocket(session_.get()), .events = POLLIN, .revents = 0};
    return ::poll(&socket, 1, 0) == 0;
}

task<result> connection::execute(const statement& what, params values, deadline until) {
    std::vector<query> one;
    one.emplace_back(what, std::move(values));
    auto results = co_await execute(std::move(one), until);
    co_return std::move(results.front());
}

task<std::vector<result>> connection::execute(std::vector<query> together, deadline until, on_loss meaning) {
    if (together.empty()) co_return std::vector<result>();
    const auto subject = name_of(*together.back().what);
    require(subject, until);
    check(together);
    use session(*this, until, meaning);
    std::vector<result> results;
    try {
        round_trip trip(together, prepared_);
        send(trip, sync::at_the_end);
        co_await flush();
        results = co_await collect(trip);
    } catch (const link::deadline_passed&) {
        throw error(fault::timeout, backend_, std::string(subject), "no answer before the deadline");
    }
    if (!PQexitPipelineMode(session_.get())) lost(subject);
    session.well_ended();
    if (first_failure_) std::rethrow_exception(std::exchange(first_failure_, nullptr));
    co_return results;
}

task<std::vector<reply>> connection::execute_each(std::vector<query> apart, deadline until) {
    if (apart.empty()) co_return std::vector<reply>();
    const auto subject = name_of(*apart.back().what);
    require(subject, until);
    check(apart);
    use session(*this, until, on_loss::in_doubt);
    std::vector<reply> replies;
    try {
        round_trip trip(apart, prepared_);
        send(trip, sync::after_each);
        co_await flush();
        co_await collect_each(trip, replies);
        if (!PQexitPipelineMode(session_.get())) lost(subject);
        session.well_ended();
    } catch (const link::deadline_passed&) {
        const error late(fault::timeout, backend_, std::string(subject), "no answer before the deadline");
        fail_the_rest(replies, apart.size(), std::make_exception_ptr(late));
    } catch (const error&) {
        fail_the_rest(replies, apart.size(), std::current_exception());
    }
    co_return replies;
}

void connection::require(std::string_view what, deadline until) const {
    if (!usable())
        throw error(fault::unavailable, backend_, std::string(what), "not sent: the session was lost before");
    if (until <= steady::now())
        throw error(fault::unavailable, backend_, std::string(what), "not sent before the deadline");
}

void connection::check(const std::vector<query>& together) const {
    for (const auto& [what, values] : together)
        if (std::ranges::any_of(values.values(), holds_nul))
            throw error(fault::bad_input, backend_, std::string(name_of(*what)),
                        "a text has a NUL character in it");
}

void connection::send(const round_trip& trip, sync when) {
    // Before the end of the pipeline is sent nothing of it can be committed.
    const auto if_lost = std::exchange(if_lost_, fault::unavailable);
    if (!PQenterPipelineMode(session_.get())) lost("pipeline");
    for (const auto& next : trip.steps()) {
        send(next);
        if (when == sync::at_the_end || next.what == step::kind::prepare) continue;
        if_lost_ = if_lost;
        if (!PQpipelineSync(session_.get())) lost("sync");
    }
    if_lost_ = if_lost;
    if (when == sync::at_the_end && !PQpipelineSync(session_.get())) lost("sync");
}

void connection::send(const step& next) {
    const auto& [what, values] = *next.of;
    std::vector<const char*> texts;
    for (const auto& value : values.values()) texts.push_back(value ? value->c_str() : nullptr);
    const int count = static_cast<int>(texts.size());
    int sent = 0;
    if (next.what == step::kind::prepare)
        sent = PQsendPrepare(session_.get(), what->name, what->text, 0, nullptr);
    else if (*what->name)
        sent = PQsendQueryPrepared(session_.get(), what->name, count, texts.data(), nullptr, nullptr, 0);
    else
        sent =
            PQsendQueryParams(session_.get(), what->text, count, nullptr, texts.data(), nullptr, nullptr, 0);
    if (!sent) lost(name_of(*what));
}

task<std::vector<result>> connection::collect(round_trip& trip) {
    std::vector<result> results;
    while (trip.awaited() != nullptr) {
        auto answer = co_await answer_to(trip);
        if (answer) results.push_back(std::move(*answer));
    }
    co_await end_of_pipeline();
    co_return results;
}

task<void> connection::collect_each(round_trip& trip, std::vector<reply>& replies) {
    while (trip.awaited() != nullptr) {
        auto next = co_await collect_next(trip);
        replies.push_back(std::move(next));
    }
}

task<reply> connection::collect_next(round_trip& trip) {
    reply made;
    for (bool executed = false; !executed;) {
        executed = trip.awaited()->what == step::kind::execute;
        auto answer = co_await answer_to(trip);
        if (answer) made.rows = std::move(*answer);
    }
    co_await end_of_pipeline();
    made.failed = std::exchange(first_failure_, nullptr);
    co_return made;
}

/// Empty but for the result of a statement that was carried out.
task<std::optional<result>> connection::answer_to(round_trip& trip) {
    const auto what = name_of(*trip.awaited()->of->what);
    const bool executes = trip.awaited()->what == step::kind::execute;
    if (PQisBusy(session_.get())) co_await arrival();
    auto answer = take();
    std::optional<result> rows;
    switch (PQresultStatus(answer.raw())) {
        case PGRES_COMMAND_OK:
        case PGRES_TUPLES_OK:
        case PGRES_EMPTY_QUERY:
            if (executes) rows = std::move(answer);
            trip.answered(round_trip::answer::done);
            break;
        case PGRES_PIPELINE_ABORTED: trip.answered(round_trip::answer::skipped); break;
        case PGRES_FATAL_ERROR: trip.answered(take_error(answer, what)); break;
        default: lost(what);  // COPY, which does not go with pipelines, and what libpq cannot make sense of
    }
    if (PQisBusy(session_.get())) co_await arrival();
    if (take().raw()) lost(what);  // libpq ends each answer with a null
    co_return rows;
}

task<void> connection::end_of_pipeline() {
    if (PQisBusy(session_.get())) co_await arrival();
    if (PQresultStatus(take().raw()) != PGRES_PIPELINE_SYNC) lost("sync");
}

round_trip::answer connection::take_error(const result& answer, std::string_view what) {
    const auto sqlstate = field(answer, PG_DIAG_SQLSTATE);
    const auto cause = fmt::format("{} ({})", on_one_line(field(answer, PG_DIAG_MESSAGE_PRIMARY)), sqlstate);
    const auto meaning = judge(field(answer, PG_DIAG_SEVERITY_NONLOCALIZED), sqlstate);
    if (meaning == verdict::lost) throw error(if_lost_, backend_, std::string(what), cause);
    const failure refused(backend_, std::string(what), cause, sqlstate,
                          field(answer, PG_DIAG_CONSTRAINT_NAME));
    if (meaning == verdict::refused_and_ended) throw refused;
    if (!first_failure_) first_failure_ = std::make_exception_ptr(refused);
    return round_trip::answer::refused;
}

task<void> connection::run(std::string script, deadline until) {
    require("script", until);
    use session(*this, until, on_loss::in_doubt);
    try {
        if (!PQsendQuery(session_.get(), script.c_str())) lost("script");
        co_await flush();
        for (;;) {
            if (PQisBusy(session_.get())) co_await arrival();
            const auto answer = take();
            if (!answer.raw()) break;
            const auto status = PQresultStatus(answer.raw());
            if (status == PGRES_FATAL_ERROR) take_error(answer, "script");
            if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH)
                throw error(fault::bad_input, backend_, "script", "COPY from or to the client");
        }
    } catch (const link::deadline_passed&) {
        throw error(fault::timeout, backend_, "script", "no answer before the deadline");
    }
    session.well_ended();
    if (first_failure_) std::rethrow_exception(std::exchange(first_failure_, nullptr));
}

task<void> connection::flush() {
    for (;;) {
        const int left = PQflush(session_.get());
        if (left == 0) co_return;
        if (left < 0) lost("send");
        // A server that cannot get rid of its answers takes no more questions.
        co_await link_.readable_or_writable();
        if (!PQconsumeInput(session_.get())) lost("send");
    }
}

task<void> connection::arrival() {
    do {
        co_await link_.readable();
        if (!PQconsumeInput(session_.get())) lost("read");
    } while (PQisBusy(session_.get()));
}

result connection::take() {
    result answer(PQgetResult(session_.get()));
    if (PQstatus(session_.get()) == CONNECTION_BAD) lost("read");
    return answer;
}

void connection::lost(std::string_view what) const {
    throw error(if_lost_, backend_, std::string(what), on_one_line(PQerrorMessage(session_.get())));
}

}  // namespace dibs::postgres
