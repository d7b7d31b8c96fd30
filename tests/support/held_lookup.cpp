#include "tests/support/held_lookup.hpp"

#include <dlfcn.h>
#include <netdb.h>

#include <chrono>
#include <string_view>

namespace dibs::tests {

std::atomic<int> asked_for_held = 0;
std::atomic<int> asked_for_absent = 0;
std::counting_semaphore<> held_answers{0};

}  // namespace dibs::tests

/// In place of the C library's.
extern "C" int getaddrinfo(const char* __restrict name, const char* __restrict service,
                           const struct addrinfo* __restrict hints, struct addrinfo** __restrict found) {
    using namespace dibs::tests;
    using resolver = int (*)(const char*, const char*, const struct addrinfo*, struct addrinfo**);
    static const auto real = reinterpret_cast<resolver>(::dlsym(RTLD_NEXT, "getaddrinfo"));
    const std::string_view wanted = name == nullptr ? "" : name;
    if (wanted == "absent.test") {
        ++asked_for_absent;
        return EAI_NONAME;
    }
    if (wanted != "held.test") return real(name, service, hints, found);
    ++asked_for_held;
    if (!held_answers.try_acquire_for(std::chrono::minutes(1))) return EAI_AGAIN;
    return real("127.0.0.1", service, hints, found);
}
