#include "measure/plain_redis.hpp"

#include <hiredis/hiredis.h>
#include <poll.h>

#include <stdexcept>

namespace dibs::measure {
namespace {

struct free_reply {
    void operator()(redisReply* reply) const { ::freeReplyObject(reply); }
};

std::string text_of(const redisReply& reply) {
    switch (reply.type) {
        case REDIS_REPLY_INTEGER: return std::to_string(reply.integer);
        case REDIS_REPLY_ARRAY: return reply.elements == 0 ? std::string() : text_of(*reply.element[0]);
        case REDIS_REPLY_NIL: return {};
        case REDIS_REPLY_ERROR: throw std::runtime_error(std::string("redis: ") + reply.str);
        default: return {reply.str, reply.len};
    }
}

}  // namespace

void plain_redis::closer::operator()(redisContext* context) const { ::redisFree(context); }

plain_redis::plain_redis(const redis::endpoint& where)
    : context_(where.unix_path.empty() ? ::redisConnect(where.host.c_str(), where.port)
                                       : ::redisConnectUnix(where.unix_path.c_str())) {
    if (!context_ || context_->err)
        throw std::runtime_error(where.describe() + ": " + (context_ ? context_->errstr : "no memory"));
    if (!where.password.empty()) {
        redis::command login("AUTH");
        if (!where.user.empty()) login.arg(where.user);
        ask(login.arg(where.password));
    }
    if (where.database != 0) ask(redis::command("SELECT").arg(where.database));
}

void plain_redis::send(const redis::command& what) {
    std::string bytes;
    what.append_to(bytes);
    ::redisAppendFormattedCommand(context_.get(), bytes.data(), bytes.size());
    for (int done = 0; done == 0;)
        if (::redisBufferWrite(context_.get(), &done) != REDIS_OK)
            throw std::runtime_error(std::string("redis: ") + context_->errstr);
}

std::string plain_redis::read() {
    void* reply = nullptr;
    if (::redisGetReply(context_.get(), &reply) != REDIS_OK)
        throw std::runtime_error(std::string("redis: ") + context_->errstr);
    const std::unique_ptr<redisReply, free_reply> owned(static_cast<redisReply*>(reply));
    return text_of(*owned);
}

std::string plain_redis::receive() { return read(); }

std::string plain_redis::ask(const redis::command& what) {
    send(what);
    return receive();
}

std::optional<std::string> plain_redis::listen(std::chrono::milliseconds time) {
    void* ready = nullptr;
    if (::redisGetReplyFromReader(context_.get(), &ready) != REDIS_OK)
        throw std::runtime_error(std::string("redis: ") + context_->errstr);
    if (ready) {
        const std::unique_ptr<redisReply, free_reply> owned(static_cast<redisReply*>(ready));
        return text_of(*owned);
    }
    pollfd readable{context_->fd, POLLIN, 0};
    if (::poll(&readable, 1, static_cast<int>(time.count())) == 0) return std::nullopt;
    return read();
}

}  // namespace dibs::measure
