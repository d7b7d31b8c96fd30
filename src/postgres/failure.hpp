#pragma once

#include <dibs/error.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace dibs::postgres {

inline constexpr std::string_view undefined_table = "42P01";  ///< the SQLSTATE

/// The server refused a statement (fault::refused); nothing of it was done.
class failure : public error {
   public:
    failure(std::string backend, std::string subject, const std::string& cause, std::string sqlstate,
            std::string constraint)
        : error(fault::refused, std::move(backend), std::move(subject), cause),
          sqlstate_(std::move(sqlstate)),
          constraint_(std::move(constraint)) {}

    /// Five characters: "23505" for a unique violation, "55P03" for a lock that was not had in time.
    const std::string& sqlstate() const { return sqlstate_; }
    /// The name of the violated constraint, or empty.
    const std::string& constraint() const { return constraint_; }

   private:
    std::string sqlstate_;
    std::string constraint_;
};

}  // namespace dibs::postgres
