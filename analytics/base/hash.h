// Content addresses: SHA-256 over all that determines a thing.
//
//   Digest key = Hasher("layer/1").add(attributes.stride).add(weights->digest()).finish();
//
// Every add() is prefixed by its length, so that ("ab","c") and ("a","bc") differ. The tag given to the constructor
// names what is hashed and the version of its layout: change the layout, change the tag.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace roofscape {

struct Digest {
  std::array<std::uint8_t, 32> bytes{};
  auto operator<=>(const Digest&) const = default;
  std::string hex() const;                               // 64 lower-case hexadecimal digits
  std::string short_hex() const;                         // the first 12 of them, for people
  static bool parse(std::string_view hex, Digest* out);  // false unless 64 hexadecimal digits
};

struct DigestHash {
  std::size_t operator()(const Digest& digest) const noexcept;
};

class Hasher {
 public:
  explicit Hasher(std::string_view tag);
  ~Hasher();
  Hasher(const Hasher&) = delete;
  Hasher& operator=(const Hasher&) = delete;

  Hasher& add_bytes(std::span<const std::byte> bytes);
  Hasher& add(std::string_view text) { return add_bytes(std::as_bytes(std::span(text.data(), text.size()))); }
  Hasher& add(const char* text) { return add(std::string_view(text)); }
  Hasher& add(const Digest& digest) { return add_bytes(std::as_bytes(std::span(digest.bytes))); }
  // Numbers, enums, and contiguous ranges of numbers (hashed by their bytes: little-endian machines only).
  template <typename T>
  requires(std::is_arithmetic_v<T> || std::is_enum_v<T>) Hasher& add(T value) {
    return add_bytes(std::as_bytes(std::span(&value, 1)));
  }
  template <typename T>
  requires std::is_arithmetic_v<T> Hasher& add_range(std::span<const T> values) {
    return add_bytes(std::as_bytes(values));
  }
  Digest finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

// Digest of plain bytes (a file), equal to what `sha256sum` prints.
Digest sha256(std::span<const std::byte> bytes);
inline Digest sha256(std::string_view text) { return sha256(std::as_bytes(std::span(text.data(), text.size()))); }

}  // namespace roofscape
