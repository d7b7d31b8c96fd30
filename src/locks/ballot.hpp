#pragma once

#include <cstddef>

/// What a majority of servers decides, whatever the rest say or do not say. Pure.
namespace dibs::locks {

class ballot {
   public:
    enum class verdict { open, granted, refused, failed };

    explicit ballot(std::size_t servers) : servers_(servers) {}

    void grant() { ++granted_; }
    void refuse() { ++refused_; }
    void fail() { ++failed_; }

    static constexpr std::size_t quorum(std::size_t servers) { return servers / 2 + 1; }

    /// granted: a majority did. failed: so many servers failed that no majority is left to ask. refused: the
    /// servers answered, and too many of them are held by others. open: it depends on answers still to come.
    verdict result() const {
        const auto needed = quorum(servers_);
        if (granted_ >= needed) return verdict::granted;
        if (failed_ > servers_ - needed) return verdict::failed;
        const auto silent = servers_ - granted_ - refused_ - failed_;
        return granted_ + silent >= needed ? verdict::open : verdict::refused;
    }

    /// So many refused that no majority is left, whatever those who failed would have said.
    bool majority_refused() const { return refused_ > servers_ - quorum(servers_); }

    /// So many have answered that a majority is alive, whatever they said.
    bool heard_majority() const { return granted_ + refused_ >= quorum(servers_); }

   private:
    std::size_t servers_;
    std::size_t granted_ = 0;
    std::size_t refused_ = 0;
    std::size_t failed_ = 0;
};

}  // namespace dibs::locks
