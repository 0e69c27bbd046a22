#include "analytics/base/hash.h"

#include <openssl/evp.h>

#include <bit>
#include <cstring>

#include "analytics/base/status.h"

namespace roofscape {

static_assert(std::endian::native == std::endian::little, "content addresses hash numbers by their bytes");

struct Hasher::Context {
  EVP_MD_CTX* md = EVP_MD_CTX_new();
  ~Context() { EVP_MD_CTX_free(md); }
};

namespace {
void update(EVP_MD_CTX* md, const void* data, std::size_t size) { RS_CHECK(EVP_DigestUpdate(md, data, size) == 1); }
}  // namespace

Hasher::Hasher(std::string_view tag) : context_(std::make_unique<Context>()) {
  RS_CHECK(EVP_DigestInit_ex(context_->md, EVP_sha256(), nullptr) == 1);
  add(tag);
}
Hasher::~Hasher() = default;

Hasher& Hasher::add_bytes(std::span<const std::byte> bytes) {
  const std::uint64_t size = bytes.size();
  update(context_->md, &size, sizeof size);
  update(context_->md, bytes.data(), bytes.size());
  return *this;
}

Digest Hasher::finish() {
  Digest digest;
  unsigned int size = 0;
  RS_CHECK(EVP_DigestFinal_ex(context_->md, digest.bytes.data(), &size) == 1 && size == digest.bytes.size());
  return digest;
}

Digest sha256(std::span<const std::byte> bytes) {
  Digest digest;
  unsigned int size = 0;
  RS_CHECK(EVP_Digest(bytes.data(), bytes.size(), digest.bytes.data(), &size, EVP_sha256(), nullptr) == 1);
  return digest;
}

std::string Digest::hex() const {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(64);
  for (const std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::string Digest::short_hex() const { return hex().substr(0, 12); }

bool Digest::parse(std::string_view hex, Digest* out) {
  if (hex.size() != 64) return false;
  for (std::size_t i = 0; i < 64; ++i) {
    const char c = hex[i];
    const int value = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (value < 0) return false;
    auto& byte = out->bytes[i / 2];
    byte = static_cast<std::uint8_t>(i % 2 == 0 ? value << 4 : byte | value);
  }
  return true;
}

std::size_t DigestHash::operator()(const Digest& digest) const noexcept {
  std::size_t value = 0;
  std::memcpy(&value, digest.bytes.data(), sizeof value);
  return value;
}

}  // namespace roofscape
