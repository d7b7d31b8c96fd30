#pragma once

#include "core/asio.hpp"
#include "http/router.hpp"
#include "locks/locker.hpp"
#include "page/assets.hpp"
#include "page/claim_recorder.hpp"
#include "page/feed.hpp"
#include "page/issue_rates.hpp"

#include <functional>
#include <memory>
#include <string>

namespace dibs::page {

/// What the pages show comes from here.
struct page_sources {
    locks::backends servers;  ///< the pool at least
    std::shared_ptr<const claim_recorder> claims;
    /// Makes a handler that lets administrators through and nobody else.
    std::function<http::handler(http::handler)> for_administrators;
};

/// The service as people see it.
///
///     GET /                      the operator's page, which asks for an administrator's login
///     GET /claim, /claim/{id}    the user's page: of all coupons, of one
///     GET /assets/{version}/{file}
///     GET /events                the stock, as GET /api/coupons has it (text/event-stream)
///     GET /api/admin/events      stock, claims, latency and locks: for administrators
///
/// The database and the locks' servers are asked once a second while anybody listens, however many do. Beyond
/// `feed_limits::listeners` (one in ten of them for operators) a stream is refused with 503.
class pages {
   public:
    pages(const asio::any_io_executor& executor, page_sources from, feed_limits limits = {});

    /// The pages must outlive it.
    void add_to(http::router& routes);

    /// Ends the streams, and waits for what is asked of the servers just now.
    task<void> stop();

   private:
    task<std::string> look_for_users();
    task<std::string> look_for_operators();

    page_sources from_;
    assets files_;
    issue_rates rates_;
    feed users_;
    feed operators_;
};

}  // namespace dibs::page
