#include "core/timeout.hpp"
#include "http/connection.hpp"
#include "http/log_text.hpp"

#include <spdlog/spdlog.h>

#include <array>
#include <exception>

namespace dibs::http {

struct connection::streamed final : stream_writer {
    streamed(connection& over, body_sent sent) : to(over), how(sent) {}

    task<void> write(std::string_view text) override {
        if (text.empty()) co_return;  // an empty chunk would end the body
        if (how == body_sent::in_chunks)
            append_chunk(to.out_, text);
        else
            to.out_ += text;
        to.answer_bytes_ += to.out_.size();
        co_await to.flush();
        if (to.course_ != course::streams || to.service_->stopping)
            throw boost::system::system_error(asio::error::operation_aborted, "the stream's client has gone");
        to.wait(waiting::for_stream);
    }

    connection& to;
    body_sent how;
};

/// Its header is in `out_`. A body that does not come to its end lacks the last chunk.
task<void> connection::stream(const response& made, body_sent how) {
    co_await flush();
    if (course_ == course::broken || service_->stopping) co_return;
    course_ = course::streams;
    wait(waiting::for_stream);
    bool whole = false;
    try {
        streamed body(*this, how);
        task<void> produced = made.stream(body);
        const std::size_t first = co_await first_of(std::move(produced), watch_for_leaving());
        whole = first == 0;
    } catch (const std::exception& failure) {
        if (course_ == course::streams && !service_->stopping)
            spdlog::error("a stream failed: {}", log_text(failure.what()));
    }
    if (course_ != course::streams) co_return;
    course_ = service_->stopping ? course::closes : course::lingers;
    if (whole && how == body_sent::in_chunks) append_chunk(out_, "");
}

/// Returns when the client closes its half or the server stops. What it sends meanwhile is dropped.
task<void> connection::watch_for_leaving() {
    std::array<char, 512> dropped{};
    boost::system::error_code ended;
    while (!ended && !service_->stopping) co_await wire_.read_some(asio::buffer(dropped), ended);
}

}  // namespace dibs::http
