#include "page/event_stream.hpp"

#include <string>
#include <utility>

namespace dibs::page {
namespace {

task<void> tell(std::shared_ptr<feed::listener> to, http::stream_writer& out, deadline until) {
    while (steady::now() < until) {
        const std::string event = co_await to->next();
        if (event.empty()) co_return;
        co_await out.write(event);
    }
}

}  // namespace

http::response event_stream(std::shared_ptr<feed::listener> to, std::chrono::minutes turn) {
    http::response made;
    made.content_type = "text/event-stream";
    // The second is for nginx, which would wait for more.
    made.headers = {
        {"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}, {"X-Content-Type-Options", "nosniff"}};
    made.stream = [to = std::move(to), until = after(turn)](http::stream_writer& out) {
        return tell(to, out, until);
    };
    return made;
}

}  // namespace dibs::page
