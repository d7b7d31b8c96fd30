#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace dibs {

/// What a caller may conclude from a failed operation.
enum class fault {
    unavailable,  ///< the backend could not be reached; nothing was sent, so nothing was done
    in_doubt,     ///< the request was sent and its reply lost: it may have been done, or be done yet
    timeout,      ///< the deadline passed while the request was under way: in doubt as well
    refused,      ///< the backend answered with an error; nothing was done
    closed,       ///< the client was closed by its owner
    exhausted,    ///< a bound of this process (pool, waiters) was reached; nothing was sent
    bad_input     ///< the request itself is wrong and was never sent
};

std::string_view to_string(fault kind);

/// Trouble with a backend. Contention is not an error: it is an empty result.
class error : public std::runtime_error {
   public:
    /// `backend` names the server ("redis unix:/tmp/x.sock"), `subject` the command, key or statement.
    error(fault kind, std::string backend, std::string subject, const std::string& cause);

    fault kind() const { return kind_; }
    const std::string& backend() const { return backend_; }
    const std::string& subject() const { return subject_; }
    /// True where the effect of the operation is unknown.
    bool in_doubt() const { return kind_ == fault::in_doubt || kind_ == fault::timeout; }

   private:
    fault kind_;
    std::string backend_;
    std::string subject_;
};

}  // namespace dibs
