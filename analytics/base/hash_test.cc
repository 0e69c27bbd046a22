#include "analytics/base/hash.h"

#include <gtest/gtest.h>

#include <vector>

namespace roofscape {
namespace {

TEST(Sha256, EqualsThePublishedVector) {  // FIPS 180-4, example "abc"
  EXPECT_EQ(sha256("abc").hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Hasher, SeparatesItsParts) {
  EXPECT_NE(Hasher("t").add("ab").add("c").finish(), Hasher("t").add("a").add("bc").finish());
  EXPECT_NE(Hasher("t").add("ab").finish(), Hasher("u").add("ab").finish());
  EXPECT_EQ(Hasher("t").add(1.5F).add(std::int64_t{7}).finish(), Hasher("t").add(1.5F).add(std::int64_t{7}).finish());
}

TEST(Hasher, TellsZeroFromMinusZero) { EXPECT_NE(Hasher("t").add(0.0F).finish(), Hasher("t").add(-0.0F).finish()); }

TEST(Digest, ReadsWhatItWrites) {
  const Digest digest = sha256("x");
  Digest back;
  ASSERT_TRUE(Digest::parse(digest.hex(), &back));
  EXPECT_EQ(back, digest);
  EXPECT_EQ(digest.short_hex().size(), 12U);
  EXPECT_FALSE(Digest::parse("abc", &back));
  EXPECT_FALSE(Digest::parse(std::string(64, 'g'), &back));
}

}  // namespace
}  // namespace roofscape
