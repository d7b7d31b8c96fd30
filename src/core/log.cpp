#include "core/log.hpp"

#include <atomic>
#include <memory>

namespace dibs {
namespace {

std::atomic<std::shared_ptr<const log_sink>>& current() {
    static std::atomic<std::shared_ptr<const log_sink>> sink;
    return sink;
}

}  // namespace

void set_log_sink(log_sink sink) {
    current() = sink ? std::make_shared<const log_sink>(std::move(sink)) : nullptr;
}

bool logs() { return current().load() != nullptr; }

void log_line(log_level level, const std::string& line) {
    if (const auto sink = current().load()) (*sink)(level, line);
}

}  // namespace dibs
