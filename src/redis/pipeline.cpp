#include "redis/pipeline.hpp"

#include <algorithm>
#include <utility>

namespace dibs::redis {
namespace {

// Staged requests can no longer be taken back: keep what waits behind a slow socket small.
constexpr std::size_t stage_size = 64UL * 1024;

}  // namespace

pipeline::pipeline(const pipeline_limits& limits) : limits_(limits), decoder_(limits.max_reply_size) {}

bool pipeline::add(request& asked) {
    if (outstanding() >= limits_.max_requests) return false;
    queue_.push_back(asked);
    asked.place_ = request::place::queue;
    next_expiry_ = std::min(next_expiry_, asked.until);
    return true;
}

void pipeline::give_up(request& asked) {
    if (asked.place_ == request::place::queue) queue_.erase(queue_.iterator_to(asked));
    if (asked.place_ == request::place::sent) sent_[asked.number_ - first_number_].who = nullptr;
    asked.place_ = request::place::outside;
}

void pipeline::stage(request& asked) {
    asked.place_ = request::place::sent;
    asked.number_ = first_number_ + sent_.size();
    sent_.push_back({&asked, stream_position_ + output_.size()});
    asked.what.append_to(output_);
}

std::string_view pipeline::output() {
    if (output_position_ == output_.size()) {
        output_.clear();
        output_position_ = 0;
        while (!queue_.empty() && output_.size() < stage_size) {
            request& next = queue_.front();
            queue_.pop_front();
            stage(next);
        }
    }
    return std::string_view(output_).substr(output_position_);
}

void pipeline::written(std::size_t bytes) {
    output_position_ += bytes;
    stream_position_ += bytes;
}

void pipeline::feed(std::string_view bytes, outcomes& ended) {
    heard_ = true;
    decoder_.feed(bytes);
    reply answer;
    while (decoder_.next(answer)) {
        if (sent_.empty()) throw protocol_error("the server sent a reply that nothing was asked for");
        request* who = sent_.front().who;
        sent_.pop_front();
        ++first_number_;
        if (who == nullptr) continue;
        who->place_ = request::place::outside;
        ended.push_back({who, std::move(answer)});
    }
}

void pipeline::end_sent(sent_request& entry, failure why, outcomes& ended) {
    request* who = std::exchange(entry.who, nullptr);
    if (who == nullptr) return;
    who->place_ = request::place::outside;
    ended.push_back({who, std::move(why)});
}

void pipeline::lose(const std::string& cause, outcomes& ended) {
    while (!sent_.empty() && sent_.back().starts_at >= stream_position_) {
        if (request* unsent = sent_.back().who) {
            unsent->place_ = request::place::queue;
            queue_.push_front(*unsent);
        }
        sent_.pop_back();
    }
    for (auto& entry : sent_) end_sent(entry, {fault::in_doubt, cause}, ended);
    sent_.clear();
    output_.clear();
    output_position_ = 0;
    stream_position_ = 0;
    decoder_ = decoder(limits_.max_reply_size);
    quiet_since_.reset();
    silent_ = false;
    obstacle_ = cause;
}

void pipeline::refuse_queued(const failure& why, outcomes& ended) {
    while (!queue_.empty()) {
        request& who = queue_.front();
        queue_.pop_front();
        who.place_ = request::place::outside;
        ended.push_back({&who, why});
    }
}

void pipeline::expire(deadline now, outcomes& ended) {
    next_expiry_ = deadline::max();
    for (auto& entry : sent_) {
        if (entry.who == nullptr) continue;
        if (entry.who->until <= now)
            end_sent(entry, {fault::timeout, "no answer before the deadline"}, ended);
        else
            next_expiry_ = std::min(next_expiry_, entry.who->until);
    }
    for (auto next = queue_.begin(); next != queue_.end();) {
        request& asked = *next++;
        if (asked.until > now) {
            next_expiry_ = std::min(next_expiry_, asked.until);
            continue;
        }
        give_up(asked);
        const auto why = obstacle_.empty() ? std::string() : ": " + obstacle_;
        ended.push_back({&asked, failure{fault::unavailable, "not sent before the deadline" + why}});
    }
    watch_silence(now);
}

void pipeline::watch_silence(deadline now) {
    // An answer owed behind those not yet due means that theirs, which come first, are owed as well.
    const bool owes = std::ranges::any_of(sent_, [](const auto& entry) { return entry.who == nullptr; });
    if (!owes)
        quiet_since_.reset();
    else if (heard_ || !quiet_since_)
        quiet_since_ = now;
    heard_ = false;
    silent_ = quiet_since_ && now - *quiet_since_ >= limits_.silence;
    if (quiet_since_ && !silent_) next_expiry_ = std::min(next_expiry_, *quiet_since_ + limits_.silence);
}

}  // namespace dibs::redis
