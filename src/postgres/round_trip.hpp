#pragma once

#include "postgres/statement.hpp"

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

/// What a session's answers mean, decided without I/O.
namespace dibs::postgres {

/// The statements that a session has prepared.
using prepared_names = std::set<std::string, std::less<>>;

/// What an error of the server says.
enum class verdict {
    refused,            ///< nothing was done, and the session goes on
    refused_and_ended,  ///< nothing was done: the session had ended before
    lost                ///< the session ended under the statement, which may have been done
};
/// `severity` as the server names it where it does not translate.
verdict judge(std::string_view severity, std::string_view sqlstate);

/// One thing to send, to which one answer comes.
struct step {
    enum class kind { prepare, execute } what;
    const query* of;
};

/// Some statements that go out together: what is to be sent for them, in which order the answers come, and
/// what of them is to be remembered.
class round_trip {
   public:
    /// Both must outlive this.
    round_trip(const std::vector<query>& together, prepared_names& known);

    const std::vector<step>& steps() const { return steps_; }
    /// The step whose answer comes next; null: only the end of the pipeline is awaited.
    const step* awaited() const;

    enum class answer {
        done,
        refused,
        skipped  ///< not carried out, since one before it was refused
    };
    void answered(answer how);

   private:
    prepared_names& known_;
    std::vector<step> steps_;
    std::size_t answered_ = 0;
};

}  // namespace dibs::postgres
