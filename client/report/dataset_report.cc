#include "client/report/dataset_report.h"

#include "analytics/base/text.h"
#include "client/console/quantity.h"
#include "client/console/table.h"
#include "client/report/shape.h"
#include "client/text/csv.h"
#include "client/text/names.h"

namespace roofscape::client {

std::string datasets_table(const v1::ListDatasetsResponse& datasets, const Console& console) {
  Table table({{"data set"},
               {"images", Align::kRight},
               {"shape", Align::kRight},
               {"element"},
               {"classes", Align::kRight},
               {"size", Align::kRight},
               {"imported"}});
  for (const v1::Dataset& dataset : datasets.datasets())
    table.add({id_of(dataset.name()), count(dataset.image_count()), shape_text(dataset.image_shape()),
               printable(dataset.element()), dataset.labelled() ? count(dataset.class_count()) : "no labels",
               bytes(static_cast<double>(dataset.raw_bytes())), date_text(dataset.create_time())});
  return table.empty() ? "no data sets yet; import one with 'roofscape dataset import --name NAME --images FILE'\n"
                       : table.to_text(console);
}

std::string datasets_csv(const v1::ListDatasetsResponse& datasets) {
  Csv csv({"dataset", "image_count", "image_shape", "element", "labelled", "class_count", "raw_bytes", "key"});
  for (const v1::Dataset& dataset : datasets.datasets()) {
    std::string shape;
    for (const auto size : dataset.image_shape()) shape += (shape.empty() ? "" : "x") + std::to_string(size);
    csv.add({id_of(dataset.name()), std::to_string(dataset.image_count()), shape, printable(dataset.element()),
             dataset.labelled() ? "true" : "false", std::to_string(dataset.class_count()),
             std::to_string(dataset.raw_bytes()), printable(dataset.key())});
  }
  return csv.to_text();
}

std::string dataset_text(const v1::Dataset& dataset, const Console& console) {
  Facts facts;
  facts.add("data set", id_of(dataset.name()));
  facts.add("images", count(dataset.image_count()));
  facts.add("shape", shape_text(dataset.image_shape()));
  facts.add("element", printable(dataset.element()));
  facts.add("labels", dataset.labelled() ? count(dataset.class_count()) + " classes" : "none");
  facts.add("size", bytes(static_cast<double>(dataset.raw_bytes())));
  facts.add("key", printable(dataset.key().substr(0, 12)));
  if (dataset.has_create_time()) facts.add("imported", date_text(dataset.create_time()));
  return facts.to_text(console);
}

}  // namespace roofscape::client
