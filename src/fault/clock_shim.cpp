// Preloaded into a server, it adds to the wall clock what another process writes into a mapped file. It makes
// system calls only, so that it can be asked before libc and the allocator are ready; libfaketime, which
// looks up libc's own functions, keeps redis-server 7.0 from starting. Monotonic clocks stay as they are.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <ctime>

namespace {

constexpr std::int64_t second_ns = 1'000'000'000;

const std::int64_t* offset_ns = nullptr;

__attribute__((constructor)) void map_offset() {
    const char* const path = std::getenv("DIBS_CLOCK_OFFSET");
    if (path == nullptr) return;
    const int file = ::open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return;
    void* const page = ::mmap(nullptr, sizeof *offset_ns, PROT_READ, MAP_SHARED, file, 0);
    ::close(file);
    if (page != MAP_FAILED) offset_ns = static_cast<const std::int64_t*>(page);
}

long read_clock(clockid_t which, timespec& at) {
    const long failed = ::syscall(SYS_clock_gettime, which, &at);
    const bool wall = which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE;
    if (failed != 0 || !wall || offset_ns == nullptr) return failed;
    const auto offset = __atomic_load_n(offset_ns, __ATOMIC_RELAXED);
    const auto shown = at.tv_sec * second_ns + at.tv_nsec + offset;
    at.tv_sec = shown / second_ns;
    at.tv_nsec = shown % second_ns;
    return 0;
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t which, timespec* at) noexcept { return static_cast<int>(read_clock(which, *at)); }

int gettimeofday(timeval* at, void* /*zone*/) noexcept {
    timespec now{};
    read_clock(CLOCK_REALTIME, now);
    at->tv_sec = now.tv_sec;
    at->tv_usec = now.tv_nsec / 1000;
    return 0;
}

std::time_t time(std::time_t* at) noexcept {
    timespec now{};
    read_clock(CLOCK_REALTIME, now);
    if (at != nullptr) *at = now.tv_sec;
    return now.tv_sec;
}

}  // extern "C"
