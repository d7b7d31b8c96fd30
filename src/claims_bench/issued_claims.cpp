#include "claims_bench/issued_claims.hpp"

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace dibs::claims_bench {

void write_issued(const std::string& path, const std::vector<issued_claim>& claims) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file.write(reinterpret_cast<const char*>(claims.data()),
               static_cast<std::streamsize>(claims.size() * sizeof(issued_claim)));
    if (!file.flush()) throw std::runtime_error(path + " cannot be written");
}

std::vector<issued_claim> read_issued(const std::string& path) {
    std::vector<issued_claim> claims(std::filesystem::file_size(path) / sizeof(issued_claim));
    std::ifstream file(path, std::ios::binary);
    file.read(reinterpret_cast<char*>(claims.data()),
              static_cast<std::streamsize>(claims.size() * sizeof(issued_claim)));
    if (!file) throw std::runtime_error(path + " cannot be read");
    return claims;
}

}  // namespace dibs::claims_bench
