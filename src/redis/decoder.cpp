#include "redis/decoder.hpp"

#include <fmt/format.h>
#include <hiredis/hiredis.h>

#include <new>
#include <stdexcept>
#include <utility>

namespace dibs::redis {

// hiredis's reader builds its objects through these functions: ours are replies, so that nothing is copied
// twice. The root is on the heap, an element at the end of the parent task's array, which grows with what
// arrives and not with what is promised. They are called from C, so none lets an exception out: null makes
// the reader fail.
struct reply_builder {
    static constexpr int max_elements = 1 << 22;

    template <class Make>
    static void* place(const redisReadTask* task, Make make) noexcept {
        try {
            if (task->parent == nullptr) {
                auto& root = *static_cast<reply*>(task->privdata);
                root = make();
                return &root;
            }
            // The elements come one after the other, and none is referred to once the next one comes.
            auto& elements = static_cast<reply*>(task->parent->obj)->elements_;
            return &elements.emplace_back(make());
        } catch (const std::exception&) {  // out of memory
            return nullptr;
        }
    }

    static void* string(const redisReadTask* task, char* text, std::size_t size) noexcept {
        const auto kind = task->type == REDIS_REPLY_STATUS  ? reply::type::status
                          : task->type == REDIS_REPLY_ERROR ? reply::type::error
                                                            : reply::type::string;
        return place(task, [&] { return reply::of_text(kind, {text, size}); });
    }

    static void* array(const redisReadTask* task, int size) noexcept {
        if (size > max_elements) return nullptr;
        return place(task, [] { return reply::of_array({}); });
    }

    static void* integer(const redisReadTask* task, long long value) noexcept {
        return place(task, [value] { return reply::of_integer(value); });
    }

    static void* nil(const redisReadTask* task) noexcept {
        return place(task, [] { return reply(); });
    }

    static void free_root(void* /*ours*/) noexcept {}

    static redisReplyObjectFunctions* functions() {
        static redisReplyObjectFunctions table{string, array, integer, nil, free_root};
        return &table;
    }
};

void decoder::deleter::operator()(redisReader* reader) const { redisReaderFree(reader); }

decoder::decoder(std::size_t max_reply_size)
    : root_(std::make_unique<reply>()),
      reader_(redisReaderCreateWithFunctions(reply_builder::functions())),
      max_reply_size_(max_reply_size) {
    if (!reader_) throw std::bad_alloc();
    reader_->privdata = root_.get();
}

void decoder::feed(std::string_view bytes) {
    if (redisReaderFeed(reader_.get(), bytes.data(), bytes.size()) != REDIS_OK)
        throw protocol_error(fmt::format("the reader failed: {}", reader_->errstr));
    arrived_ += bytes.size();
}

bool decoder::next(reply& answer) {
    void* root = nullptr;
    if (redisReaderGetReply(reader_.get(), &root) != REDIS_OK)
        throw protocol_error(fmt::format("the server's answer cannot be read: {}", reader_->errstr));
    if (root == nullptr) {
        if (arrived_ > max_reply_size_)
            throw protocol_error(fmt::format("an answer of more than {} bytes", max_reply_size_));
        return false;
    }
    answer = std::move(*root_);
    arrived_ = reader_->len - reader_->pos;
    return true;
}

}  // namespace dibs::redis
