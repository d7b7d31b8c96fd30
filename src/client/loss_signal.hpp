#pragma once

#include "locks/keeper.hpp"

#include <dibs/lock.hpp>
#include <dibs/observer.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>

namespace dibs::detail {

/// How a holder learns of a loss; outlives the lease where somebody keeps its token. May be asked from any
/// thread.
class loss_signal final : public locks::keeper::watcher {
   public:
    loss_signal(lock_name name, algorithm kind, std::shared_ptr<observer> told);

    const lock_name& name() const { return name_; }
    bool given() const { return given_; }
    std::string why() const;
    std::stop_token token();

    void lost(const std::exception_ptr& failure) override;
    void renewed(steady::duration lag) override;

   private:
    lock_name name_;
    algorithm kind_;
    std::shared_ptr<observer> observer_;
    mutable std::mutex guard_;
    std::atomic<bool> given_ = false;
    std::string why_;
    std::stop_source source_{std::nostopstate};  // made for the first who asks: most leases are not watched
};

}  // namespace dibs::detail
