#include "postgres/connection.hpp"

#include "postgres/words.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <utility>

namespace dibs::postgres {
namespace {

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
    server_list servers(executor, where);
    co_return co_await open(executor, std::move(where), servers, until);
}

task<std::unique_ptr<connection>> connection::open(asio::any_io_executor executor, target where,
                                                   server_list& servers, deadline until) {
    std::unique_ptr<connection> opened(new connection(executor, std::move(where)));
    co_await opened->connect(servers, until);
    co_return opened;
}

// A server that says nothing is not waited for to the end where others are behind it. All else is libpq's to
// decide: it does not pass over one that refuses us.
task<void> connection::connect(server_list& servers, deadline until) {
    const auto found = co_await servers.find(until);
    if (found.servers.empty() && !found.unknown.empty())
        throw error(fault::unavailable, backend_, "connect", found.unknown);
    const std::size_t count = std::max<std::size_t>(found.servers.size(), 1);
    for (std::size_t first = 0; first < count; ++first) {
        const bool connected = co_await connect_to(found.from(first), share_of(until, count - first));
        if (connected) co_return;
    }
    const std::string also = found.unknown.empty() ? "" : "; " + found.unknown;
    throw error(fault::unavailable, backend_, "connect", "no connection before the deadline" + also);
}

task<bool> connection::connect_to(std::optional<server_list::parameters> to, deadline until) {
    close();
    auto words = where_.parameters();
    words.try_emplace("fallback_application_name", "dibs");
    words.try_emplace("client_encoding", "UTF8");
    words["options"] = where_.session_options();  // the conninfo's own are in them
    if (to) {
        words["host"] = to->hosts;
        words["hostaddr"] = to->addresses;
        words["port"] = to->ports;
    }
    std::vector<const char*> keywords;
    std::vector<const char*> values;
    for (const auto& [keyword, value] : words) {
        keywords.push_back(keyword.c_str());
        values.push_back(value.c_str());
    }
    keywords.push_back(nullptr);
    values.push_back(nullptr);
    session_.reset(PQconnectStartParams(keywords.data(), values.data(), 0));
    if (!session_) throw std::bad_alloc();
    // Notices go to nobody: ours would be those of CREATE … IF NOT EXISTS, or of a log-in.
    PQsetNoticeReceiver(
        session_.get(), [](void*, const PGresult*) {}, nullptr);
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
        co_return false;
    }
    if (state == PGRES_POLLING_FAILED)
        throw error(fault::unavailable, backend_, "connect", on_one_line(PQerrorMessage(session_.get())));
    link_.follow(session_.get());
    PQsetnonblocking(session_.get(), 1);
    co_return true;
}

bool connection::in_transaction() const {
    return usable() && PQtransactionStatus(session_.get()) != PQTRANS_IDLE;
}

bool connection::in_sound_transaction() const {
    return usable() && PQtransactionStatus(session_.get()) == PQTRANS_INTRANS;
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
