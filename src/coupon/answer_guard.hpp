#pragma once

#include "core/asio.hpp"
#include "http/message.hpp"

namespace dibs {
class error;
}

namespace dibs::coupon {

/// Makes answers of what endpoints throw: 400 of invalid_input, 503 of dibs::error.
class answer_guard {
   public:
    /// It must outlive the call.
    task<http::response> answered(task<http::response> call);

   private:
    /// Says so once a second at most: a backend that is away fails every request.
    void warn(const error& failure);

    deadline next_warning_{};
    int failures_ = 0;  // since the last warning
};

}  // namespace dibs::coupon
