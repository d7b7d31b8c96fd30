#include "sandbox/wire.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <system_error>

namespace dibs::sandbox::wire {
namespace {

constexpr std::size_t largest_message = 131'072;
constexpr std::size_t most_descriptors = 4;

// Fields end with a NUL, which neither paths nor arguments can hold.
void put(std::string& bytes, std::string_view field) { bytes.append(field).push_back('\0'); }
void put(std::string& bytes, std::int64_t number) { put(bytes, std::to_string(number)); }

class fields {
   public:
    explicit fields(std::string_view bytes) : rest_(bytes) {}

    std::string text() {
        const auto end = std::min(rest_.find('\0'), rest_.size());
        std::string field(rest_.substr(0, end));
        rest_.remove_prefix(std::min(end + 1, rest_.size()));
        return field;
    }
    template <class Number = std::size_t>
    Number number() {
        const auto field = text();
        Number value{};
        std::from_chars(field.data(), field.data() + field.size(), value);
        return value;
    }

   private:
    std::string_view rest_;
};

void take_descriptors(msghdr& header, std::vector<unique_fd>& into) {
    for (cmsghdr* part = CMSG_FIRSTHDR(&header); part != nullptr; part = CMSG_NXTHDR(&header, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
        std::array<int, most_descriptors> numbers{};
        const auto size = std::min(part->cmsg_len - CMSG_LEN(0), sizeof numbers);
        std::memcpy(numbers.data(), CMSG_DATA(part), size);
        for (std::size_t i = 0; i < size / sizeof(int); ++i) into.emplace_back(numbers[i]);
    }
}

}  // namespace

void send(int socket, std::string_view bytes, const std::vector<int>& descriptors) {
    if (bytes.size() > largest_message)
        throw std::system_error(E2BIG, std::generic_category(), "sandbox supervisor");
    iovec part{const_cast<char*>(bytes.data()), bytes.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * most_descriptors)> control{};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    if (!descriptors.empty()) {
        const auto size = sizeof(int) * std::min(descriptors.size(), most_descriptors);
        header.msg_control = control.data();
        header.msg_controllen = CMSG_SPACE(size);
        cmsghdr* rights = CMSG_FIRSTHDR(&header);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(size);
        std::memcpy(CMSG_DATA(rights), descriptors.data(), size);
    }
    while (::sendmsg(socket, &header, MSG_NOSIGNAL) < 0) {
        if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "sandbox supervisor");
    }
}

std::optional<message> receive(int socket) {
    message received;
    received.bytes.resize(largest_message);
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * most_descriptors)> control{};
    iovec part{received.bytes.data(), received.bytes.size()};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
    ssize_t size = -1;
    do size = ::recvmsg(socket, &header, MSG_CMSG_CLOEXEC);
    while (size < 0 && errno == EINTR);
    if (size <= 0) return std::nullopt;
    received.bytes.resize(static_cast<std::size_t>(size));
    take_descriptors(header, received.descriptors);
    return received;
}

std::string encode(const program& what) {
    std::string bytes;
    put(bytes, what.executable.native());
    put(bytes, what.working_directory.native());
    put(bytes, what.stop_signal);
    put(bytes, what.run_as ? 1 : 0);
    put(bytes, what.run_as ? what.run_as->id : 0);
    put(bytes, what.run_as ? what.run_as->group : 0);
    put(bytes, static_cast<std::int64_t>(what.arguments.size()));
    for (const auto& word : what.arguments) put(bytes, word);
    put(bytes, static_cast<std::int64_t>(what.environment.size()));
    for (const auto& [name, value] : what.environment) {
        put(bytes, name);
        put(bytes, value);
    }
    return bytes;
}

program decode(std::string_view bytes) {
    fields from(bytes);
    program what(from.text());
    what.working_directory = from.text();
    what.stop_signal = from.number<int>();
    const bool as_another = from.number() == 1;
    const user other{from.number<uid_t>(), from.number<gid_t>()};
    if (as_another) what.run_as = other;
    for (auto left = from.number(); left > 0; --left) what.arguments.push_back(from.text());
    for (auto left = from.number(); left > 0; --left) {
        auto name = from.text();
        what.environment.emplace_back(std::move(name), from.text());
    }
    return what;
}

}  // namespace dibs::sandbox::wire
