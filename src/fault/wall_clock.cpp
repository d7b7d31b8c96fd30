#include "fault/wall_clock.hpp"

#include <boost/interprocess/file_mapping.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <fstream>
#include <string_view>

// The library clock_shim, which goes wherever this program goes.
asm(".pushsection .rodata\n"
    "dibs_clock_shim_begin: .incbin \"" DIBS_CLOCK_SHIM
    "\"\n"
    "dibs_clock_shim_end:\n"
    ".global dibs_clock_shim_begin, dibs_clock_shim_end\n"
    ".popsection\n");
extern "C" const char dibs_clock_shim_begin[];
extern "C" const char dibs_clock_shim_end[];

namespace dibs::faults {
namespace {

namespace interprocess = boost::interprocess;

void write_file(const std::filesystem::path& place, std::string_view content) {
    std::ofstream file;
    file.exceptions(std::ios::failbit | std::ios::badbit);
    file.open(place, std::ios::binary);
    file.write(content.data(), static_cast<std::streamsize>(content.size()));
    file.close();
}

}  // namespace

wall_clock::wall_clock(const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    const auto shim = folder / "clock_shim.so";
    const auto offset = folder / "offset";
    write_file(shim, {dibs_clock_shim_begin, dibs_clock_shim_end});
    const std::array<char, sizeof(std::int64_t)> none{};
    write_file(offset, {none.data(), none.size()});
    offset_ = interprocess::mapped_region(
        interprocess::file_mapping(offset.c_str(), interprocess::read_write), interprocess::read_write);
    environment_ = {{"LD_PRELOAD", shim.native()}, {"DIBS_CLOCK_OFFSET", offset.native()}};
}

void wall_clock::shift(std::chrono::nanoseconds by) {
    std::atomic_ref(*static_cast<std::int64_t*>(offset_.get_address())).store(by.count());
}

}  // namespace dibs::faults
