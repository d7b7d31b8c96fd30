#include "redis/channel_table.hpp"

#include <algorithm>
#include <utility>

namespace dibs::redis::detail {

bool channel_table::add(const std::string& channel, std::shared_ptr<listener> who) {
    auto& entry = channels_[channel];
    entry.who.push_back(std::move(who));
    if (entry.who.size() > 1) return false;
    ++wanted_;
    if (!connected_) return false;
    ++entry.unanswered;
    asked_.push_back(channel);
    return true;
}

bool channel_table::remove(const std::string& channel, const listener& who) {
    const auto found = channels_.find(channel);
    if (found == channels_.end()) return false;
    auto& entry = found->second;
    const auto left = std::erase_if(entry.who, [&](const auto& other) { return other.get() == &who; });
    if (left == 0 || !entry.who.empty()) return false;
    --wanted_;
    if (entry.unanswered == 0) channels_.erase(found);
    return connected_;
}

bool channel_table::confirmed(const std::string& channel) const {
    const auto found = channels_.find(channel);
    return connected_ && found != channels_.end() && found->second.unanswered == 0;
}

listeners channel_table::audience(const std::string& channel) const {
    const auto found = channels_.find(channel);
    return found == channels_.end() ? listeners() : found->second.who;
}

listeners channel_table::confirm(const std::string& channel) {
    if (!asked_.empty()) asked_.pop_front();
    const auto found = channels_.find(channel);
    if (found == channels_.end() || found->second.unanswered == 0) return {};
    auto& entry = found->second;
    if (--entry.unanswered > 0) return {};
    if (!entry.who.empty()) return entry.who;
    channels_.erase(found);
    return {};
}

listeners channel_table::refuse() {
    if (asked_.empty()) return {};
    const auto found = channels_.find(asked_.front());
    asked_.pop_front();
    if (found == channels_.end()) return {};
    listeners refused = std::move(found->second.who);
    if (!refused.empty()) --wanted_;
    found->second.who.clear();
    if (--found->second.unanswered == 0) channels_.erase(found);
    return refused;
}

std::vector<std::string> channel_table::connect() {
    connected_ = true;
    std::vector<std::string> names;
    names.reserve(channels_.size());
    for (auto& [name, entry] : channels_) {
        entry.unanswered = 1;
        names.push_back(name);
    }
    asked_.assign(names.begin(), names.end());
    return names;
}

void channel_table::disconnect() {
    connected_ = false;
    asked_.clear();
    for (auto& [name, entry] : channels_) entry.unanswered = 0;
    std::erase_if(channels_, [](const auto& item) { return item.second.who.empty(); });
}

listeners channel_table::clear() {
    listeners everybody;
    for (auto& [name, entry] : channels_)
        std::move(entry.who.begin(), entry.who.end(), std::back_inserter(everybody));
    channels_.clear();
    asked_.clear();
    wanted_ = 0;
    return everybody;
}

}  // namespace dibs::redis::detail
