#include "analytics/calibrate/layouts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analytics/base/status_matchers.h"

namespace roofscape::calibrate {
namespace {

using ::roofscape::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Result<Readings> read(std::initializer_list<const char*> texts) {
  std::vector<Table> tables;
  for (const char* text : texts) {
    RS_ASSIGN(Table table, Table::parse(text, "t.csv"));
    tables.push_back(std::move(table));
  }
  return read_measurements(tables);
}

TEST(Layouts, OneRowAFigure) {
  RS_ASSERT_OK_AND_ASSIGN(const Readings of, read({"platform,network,metric,value,unit,precision,batch,gmacs,params_m\n"
                                                   "board,ResNet-50,latency,8,ms,INT8,4,4.1,25.6\n"
                                                   "board,ResNet-50,throughput,250,fps,W4A8,1,4.1,25.6\n"
                                                   "board,ResNet-50,price,250,EUR,FP32,1,4.1,25.6\n"
                                                   "board,ResNet-50,energy,3,mJ,FP32,1,4.1,25.6\n"}));
  ASSERT_THAT(of.measurements, SizeIs(4));
  EXPECT_EQ(of.measurements[0].line, 2);
  EXPECT_DOUBLE_EQ(of.measurements[0].seconds, 2e-3);
  EXPECT_EQ(of.measurements[0].weight_format, "int8");
  EXPECT_DOUBLE_EQ(of.measurements[0].outline.macs, 4.1e9);
  EXPECT_DOUBLE_EQ(of.measurements[1].seconds, 4e-3);
  EXPECT_EQ(of.measurements[1].weight_format, "int4");
  EXPECT_EQ(of.measurements[1].activation_format, "int8");
  EXPECT_THAT(of.measurements[2].left_out, HasSubstr("'price' in EUR is no time or energy"));
  EXPECT_DOUBLE_EQ(of.measurements[3].joules, 3e-3);
}

// MLPerf's power is that of the whole system at the wall, never the device's.
TEST(Layouts, PowerBesideATimeIsNoEnergy) {
  RS_ASSERT_OK_AND_ASSIGN(const Readings of, read({"platform,network,metric,value,unit,gmacs,threads_or_mode,power_w\n"
                                                   "board,ResNet-50,latency,8,ms,4.1,offline; wall power,250\n"
                                                   "board,ResNet-50,power,250,W,4.1,offline; wall power,250\n"}));
  ASSERT_THAT(of.measurements, SizeIs(2));
  EXPECT_DOUBLE_EQ(of.measurements[0].seconds, 8e-3);
  EXPECT_EQ(of.measurements[0].joules, 0);
  EXPECT_THAT(of.measurements[1].left_out, HasSubstr("'power' in W is no time or energy"));
}

TEST(Layouts, SparseNetworksSayHowMuchIsLeft) {
  RS_ASSERT_OK_AND_ASSIGN(
      const Readings of,
      read({"platform,network,metric,value,unit,precision,gmacs,params_m,weight_density,activation_density\n"
            "board,mine,latency,8,ms,W8 sparse,4.1,25.6,0.25,0.5\n"
            "board,mine,latency,8,ms,W8 sparse,4.1,25.6,,\n"
            "board,mine,latency,8,ms,W8 sparse,4.1,25.6,25,\n"
            "board,AlexNet FC layers,latency,8,ms,W4 sparse,,,,\n"
            "board,AlexNet FC layers,latency,8,ms,W4,,,,\n"}));
  ASSERT_THAT(of.measurements, SizeIs(5));
  EXPECT_THAT(of.measurements[0].left_out, IsEmpty());
  EXPECT_EQ(of.measurements[0].density.weights, 0.25);
  EXPECT_EQ(of.measurements[0].density.activations, 0.5);
  EXPECT_THAT(of.measurements[1].left_out, HasSubstr("give a column weight_density"));
  EXPECT_THAT(of.measurements[2].left_out, HasSubstr("above 0 and at most 1"));
  EXPECT_THAT(of.measurements[3].left_out, IsEmpty());
  EXPECT_EQ(of.measurements[3].density.weights, 0.10);
  EXPECT_EQ(of.measurements[4].density.weights, 1);
}

TEST(Layouts, ACountOfNetworksAddsActivations) {
  RS_ASSERT_OK_AND_ASSIGN(const Readings of,
                          read({"network,resolution,gmacs,params_m,macts_m\nmynet,224,4.1,25.6,11.1\n",
                                "platform,network,metric,value,unit,gmacs\n"
                                "board,mynet,latency,8,ms,4.1\n"
                                "board,mynet,latency,8,ms,9\n"}));
  ASSERT_THAT(of.measurements, SizeIs(2));
  EXPECT_DOUBLE_EQ(of.measurements[0].outline.activations, 11.1e6);
  EXPECT_EQ(of.measurements[1].outline.activations, 0);  // another resolution
}

TEST(Layouts, FiguresWithAllCountsAreNoTableOfCounts) {
  RS_ASSERT_OK_AND_ASSIGN(const Readings of,
                          read({"platform,network,structure,metric,value,unit,gmacs,params_m,macts_m\n"
                                "host,mine,resnet-8,latency,8,ms,0.0125,0.08,0.06\n"}));
  ASSERT_THAT(of.measurements, SizeIs(1));
  EXPECT_THAT(of.costs, IsEmpty());
  EXPECT_DOUBLE_EQ(of.measurements[0].outline.activations, 60e3);
  EXPECT_EQ(of.measurements[0].structure, "resnet-8");
}

TEST(Layouts, QuTiBench) {
  RS_ASSERT_OK_AND_ASSIGN(const Readings of,
                          read({"platform,mode,network,filters_kept_percent,datatype,batch,throughput_fps\n"
                                "NCS,,MLP,50,FP16,2,100\n"}));
  ASSERT_THAT(of.measurements, SizeIs(1));
  EXPECT_THAT(of.measurements[0].left_out, IsEmpty());
  EXPECT_DOUBLE_EQ(of.measurements[0].seconds, 0.01);
  EXPECT_DOUBLE_EQ(of.measurements[0].outline.macs, 784.0 * 1024 + 2 * 1024.0 * 1024 + 10240);
  EXPECT_EQ(of.measurements[0].network, "MLP 50 %");
}

TEST(Layouts, CellsOfNasBench) {
  RS_ASSERT_OK_AND_ASSIGN(const Readings of,
                          read({"nb201_index,arch,macs_m,params_k,raspi4_ms,2080ti_32_ms,fpga_modelled_ms\n"
                                "37,|nor_conv_3x3~0|,11.72,101.3,8,16,2\n"}));
  ASSERT_THAT(of.measurements, SizeIs(3));
  EXPECT_EQ(of.measurements[0].platform, "raspi4");
  EXPECT_DOUBLE_EQ(of.measurements[0].seconds, 8e-3);
  EXPECT_EQ(of.measurements[1].batch, 32);
  EXPECT_DOUBLE_EQ(of.measurements[1].seconds, 0.5e-3);
  EXPECT_THAT(of.measurements[2].left_out, HasSubstr("modelled"));
}

TEST(Layouts, KernelsOfGpus) {
  RS_ASSERT_OK_AND_ASSIGN(const Readings of,
                          read({"device,op,batch,m_or_cin,n_or_cout,k_or_input,kernel,stride_padding,latency_ms\n"
                                "T4,linear,2,8,16,4,,,1\nT4,conv2d,1,8,16,10,3,1/1,1\n"}));
  ASSERT_THAT(of.measurements, SizeIs(2));
  EXPECT_TRUE(of.measurements[0].single_layer);
  EXPECT_DOUBLE_EQ(of.measurements[0].outline.macs, 8 * 16 * 4);
  EXPECT_DOUBLE_EQ(of.measurements[0].seconds, 0.5e-3);
  EXPECT_DOUBLE_EQ(of.measurements[1].outline.macs, 8 * 16 * 9 * 100);
}

TEST(Layouts, SingleConvolutions) {
  RS_ASSERT_OK_AND_ASSIGN(const Readings of, read({"conv,batch,cin,h,w,cout,kernel,stride,fp32_ms,fp16_ms,int8_ms\n"
                                                   "Depthwise,1,8,5,5,8,3,2,0.02,,0.01\n"}));
  ASSERT_THAT(of.measurements, SizeIs(3));
  EXPECT_DOUBLE_EQ(of.measurements[0].outline.macs, 8 * 9 * 3 * 3);
  EXPECT_DOUBLE_EQ(of.measurements[0].seconds, 0.02e-3);
  EXPECT_EQ(of.measurements[1].left_out, "no time");
  EXPECT_EQ(of.measurements[2].weight_format, "int8");
}

TEST(Layouts, ATableWithoutOneIsToldWhatTheNearestLacks) {
  EXPECT_THAT(read({"platform,network,value,unit\na,b,1,ms\n"}),
              StatusIs(Code::kInvalidArgument, AllOf(HasSubstr("t.csv: no layout that we know"),
                                                     HasSubstr("'one row a figure', which lacks the column metric"))));
}

TEST(Layouts, FormatsAreReadAsFilesSpellThem) {
  Measurement of;
  for (const auto& [text, weight, activation] : {std::tuple{"FP32", "fp32", "fp32"},
                                                 {"bf16", "bf16", "bf16"},
                                                 {"INT8", "int8", "int8"},
                                                 {"W4A8", "int4", "int8"},
                                                 {"W1A1", "bipolar", "bipolar"},
                                                 {"16 bit", "int16", "int16"},
                                                 {"hybrid W8 FP32", "int8", "fp32"}}) {
    EXPECT_TRUE(read_formats(text, &of)) << text;
    EXPECT_EQ(of.weight_format, weight) << text;
    EXPECT_EQ(of.activation_format, activation) << text;
  }
  EXPECT_FALSE(read_formats("analogue", &of));
}

}  // namespace
}  // namespace roofscape::calibrate
