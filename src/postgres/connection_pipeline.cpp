// Several statements at once: how they are sent, and how their answers are told apart.
#include "postgres/connection.hpp"
#include "postgres/words.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <utility>

namespace dibs::postgres {
namespace {

std::string field(const result& answer, int code) {
    const char* text = PQresultErrorField(answer.raw(), code);
    return text ? text : "";
}

}  // namespace

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

}  // namespace dibs::postgres
