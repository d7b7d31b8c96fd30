#include "sandbox/orphans.hpp"

#include "sandbox/pidfd.hpp"
#include "sandbox/process_table.hpp"
#include "sandbox/readable.hpp"

#include <csignal>
#include <thread>

namespace dibs::sandbox {
namespace {

constexpr std::chrono::seconds orphan_patience{1};

}  // namespace

orphans::orphans(process& parent) {
    parent.signal(SIGSTOP);
    while (!is_still(parent.pid())) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    // The ids of its children are not reused while it cannot wait for them.
    for (const pid_t pid : children_of(parent.pid())) handles_.emplace_back(::pidfd_open(pid, 0));
}

void orphans::signal(int number) {
    for (const auto& handle : handles_) ::pidfd_send_signal(handle.get(), number, nullptr, 0);
}

void orphans::await() {
    const auto until = clock::now() + orphan_patience;
    for (const auto& handle : handles_) {
        if (await_readable(handle.get(), until)) continue;
        ::pidfd_send_signal(handle.get(), SIGKILL, nullptr, 0);
        await_readable(handle.get(), clock::time_point::max());
    }
}

}  // namespace dibs::sandbox
