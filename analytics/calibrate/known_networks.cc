// Counts of networks that files of measurements name without them.
#include <array>
#include <cctype>

#include "analytics/base/lower_case.h"
#include "analytics/calibrate/names.h"

namespace roofscape::calibrate {
namespace {

struct Known {
  const char* begins;  // of the name, without blanks and signs, in lower case
  double macs, parameters;
  cost::Density sparse{};
};

// Multiply-accumulates of a transformer: layers × (12·width²·tokens + 2·tokens²·width), and width·tokens·vocabulary for
// the scores of the next word.
constexpr double transformer(double layers, double width, double tokens, double vocabulary = 0) {
  return layers * (12 * width * width * tokens + 2 * tokens * tokens * width) + width * tokens * vocabulary;
}
constexpr double kWords = 50257;  // of GPT-2's vocabulary

constexpr auto kKnown = std::to_array<Known>({
    // Vaswani et al. 2017, Devlin et al. 2018, Brown et al. 2020, Zhang et al. 2022: the models' dimensions.
    // MLPerf's engines leave the padding out: SQuAD v1.1 has some 180 of at most 384 tokens on average. With all 384,
    // measured rates stand up to 1.3 times above the peaks of their devices.
    {"bertlargesquad", transformer(24, 1024, 180), 334e6},
    {"bertlargesequence", transformer(24, 1024, 512), 334e6},
    {"gpt2large", transformer(36, 1280, 1024, kWords), 774e6},
    {"gpt3xl", transformer(24, 2048, 2048, kWords), 1.3e9},
    {"gpt327", transformer(32, 2560, 2048, kWords), 2.7e9},
    {"opt13", transformer(24, 2048, 2048, kWords), 1.3e9},
    // torchvision's tables of models; Howard et al. 2017 and Sandler et al. 2018.
    {"vgg16withsvd", 15.4e9, 138e6},
    {"vgg16", 15.5e9, 138e6},
    // Jouppi et al. 2017, table 1: weights, and multiply-accumulates for each weight byte of a batch of so many.
    {"mlp0", 20e6, 20e6},
    {"mlp1", 5e6, 5e6},
    {"lstm0", 52e6, 52e6},
    {"lstm1", 34e6, 34e6},
    {"cnn0", 8e6 * 2888 / 8, 8e6},
    {"cnn1", 100e6 * 1750 / 32, 100e6},
    // Krizhevsky et al. 2012: the three dense layers, and the convolutions in two groups. Sparse, after Han et al.
    // (ISCA 2016, table 3), are 9, 9 and 25 % of the weights and 35, 35 and 38 % of the activations.
    {"alexnetfc", 58.6e6, 58.6e6, {0.10, 0.35}},
    {"alexnetconvolutions", 0.666e9, 2.3e6},
    // torchvision's RetinaNet (151.5 G at 800 × 1066) scaled to 800 × 800, with the 264 classes of Open Images.
    {"retinanetresnext50", 161e9, 38e6},
    // torchvision's tables of models.
    {"googlenet224", 1.50e9, 6.62e6},
    {"inceptionv3224", 2.85e9, 23.8e6},
    {"regnet224", 3.18e9, 15.3e6},
    {"regnety800mf", 0.83e9, 6.43e6},
    {"shufflenetv2224", 0.04e9, 1.37e6},
    {"squeezenet1.1224", 0.35e9, 1.24e6},
    // Tables of the projects' own pages (YOLOv5, v6, v7, v8, v10, 11, YOLOX, PP-YOLOE), half of their operations.
    {"yolov5nseg", 3.55e9, 2.0e6},
    {"yolov5sseg", 13.2e9, 7.6e6},
    {"yolov5mseg", 35.4e9, 22.0e6},
    {"yolov5n", 2.25e9, 1.9e6},
    {"yolov5s", 8.25e9, 7.2e6},
    {"yolov5m", 24.5e9, 21.2e6},
    {"yolov6n", 5.7e9, 4.7e6},
    {"yolov6s", 22.7e9, 18.5e6},
    {"yolov6m", 42.9e9, 34.9e6},
    {"yolov7tiny", 6.9e9, 6.2e6},
    {"yolov7", 52.4e9, 36.9e6},
    {"yolov8nseg", 6.3e9, 3.4e6},
    {"yolov8sseg", 21.3e9, 11.8e6},
    {"yolov8mseg", 55.1e9, 27.3e6},
    {"yolov8nobb", 4.5e9, 3.1e6},
    {"yolov8n", 4.35e9, 3.2e6},
    {"yolov8s", 14.3e9, 11.2e6},
    {"yolov8m", 39.5e9, 25.9e6},
    {"yolov10n", 3.35e9, 2.3e6},
    {"yolov10s", 10.8e9, 7.2e6},
    {"yolo11s", 10.75e9, 9.4e6},
    {"yolo11m", 34.0e9, 20.1e6},
    {"yoloxs", 13.4e9, 9.0e6},
    {"yoloxm", 36.9e9, 25.3e6},
    {"ppyoloes", 8.7e9, 7.9e6},
    {"ppyoloem", 25.0e9, 23.4e6},
    {"clipimages", 4.4e9, 87.8e6},
    {"cliptext", transformer(12, 512, 20), 37.8e6},
    // Howard et al. 2017 and Sandler et al. 2018, tables of multipliers and resolutions.
    {"mobilenetv10.25fft224", 41e6, 0.47e6},
    {"mobilenetv10.25fft96", 7.5e6, 0.47e6},
    {"mobilenetv10.25tfs96", 7.2e6, 0.21e6},  // of one channel
    {"mobilenetv10.5fft224", 150e6, 1.34e6},
    {"mobilenetv20.35fft128", 20e6, 1.66e6},
    {"mobilenetv20.35fft224", 59e6, 1.66e6},
    {"resnetv18tfs", 12.5e6, 0.078e6},
    {"resnet50v2224", 3.5e9, 25.6e6},
    {"squeezenetv1.1tfs128", 0.11e9, 0.72e6},
    {"squeezenetv1.1tfs224", 0.35e9, 0.72e6},
    // The same names without more.
    {"resnet50", 4.1e9, 25.6e6},
    {"resnet18", 1.82e9, 11.7e6},
    {"mobilenetv1", 0.57e9, 4.2e6},
});

}  // namespace

KnownCounts known_counts(std::string_view name) {
  std::string plain;
  for (const char c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) || c == '.') plain += lower_case(c);
  for (const Known& known : kKnown)
    if (plain.starts_with(known.begins)) return {known.macs, known.parameters, known.sparse};
  return {};
}

}  // namespace roofscape::calibrate
