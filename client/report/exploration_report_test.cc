#include "client/report/exploration_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace roofscape::client {
namespace {

TEST(StandingText, SaysWhatIsBeingMeasured) {
  v1::ExplorationEvent event;
  event.set_hypervolume(0.5);
  EXPECT_EQ(standing_text(event), "hypervolume 0.5000");
  event.set_activity("sensitivities");
  event.set_images_done(12);
  event.set_images_total(80);
  EXPECT_EQ(standing_text(event), "sensitivities 12/80  hypervolume 0.5000");
  event.set_activity("candidates");
  event.set_images_done(3200);
  event.set_images_total(64000);
  event.set_best_top1(0.9);
  EXPECT_EQ(standing_text(event), "candidates 3,200/64,000 images  best top-1 90.00 %  hypervolume 0.5000");
  event.set_images_total(0);
  EXPECT_EQ(standing_text(event), "candidates  best top-1 90.00 %  hypervolume 0.5000");
}

}  // namespace
}  // namespace roofscape::client
