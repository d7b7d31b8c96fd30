#pragma once

#include "http/message.hpp"
#include "page/feed.hpp"

#include <chrono>
#include <memory>

namespace dibs::page {

/// What the feed tells the listener, as an answer without an end. After `turn` it ends at the next event all
/// the same, and the client is to come again.
http::response event_stream(std::shared_ptr<feed::listener> to, std::chrono::minutes turn);

}  // namespace dibs::page
