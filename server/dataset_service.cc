#include <string>

#include "roofscape/v1/service.grpc.pb.h"
#include "server/call.h"
#include "server/names.h"
#include "server/paging.h"
#include "server/services.h"
#include "server/shell.h"

namespace roofscape::server {
namespace {

// One upload's state: what came so far.
struct DatasetUpload {
  explicit DatasetUpload(Shell& served) : shell(served), share(served.uploads) {}

  Status add(const v1::ImportDatasetRequest& part) {
    if (part.has_metadata()) return begin(part.metadata());
    if (!begun) return invalid_argument("the first message must be the metadata").at("metadata");
    return part.part_case() == v1::ImportDatasetRequest::kLabels
               ? append(part.labels(), metadata.labels_bytes(), "labels", &labels)
               : append(part.images(), metadata.images_bytes(), "images", &images);
  }

  static Status append(const std::string& chunk, std::int64_t announced, const char* what, std::string* to) {
    if (chunk.size() > kLargestChunk)
      return invalid_argument("a chunk has {} bytes; send at most {}", chunk.size(), kLargestChunk).at(what);
    if (to->size() + chunk.size() > static_cast<std::size_t>(announced))
      return invalid_argument("more data came than the {} bytes that {}_bytes announced", announced, what).at(what);
    *to += chunk;
    return {};
  }

  Status begin(const v1::ImportDatasetRequest::Metadata& given) {
    if (begun) return invalid_argument("the metadata came twice; send it once, first").at("metadata");
    begun = true;
    metadata = given;
    RS_TRY(check_new_id("data set", metadata.id(), "metadata.id"));
    const std::int64_t most = shell.backend.settings.dataset_bytes;
    if (metadata.images_bytes() < 1)
      return invalid_argument("images_bytes is {}; an image file has at least 1", metadata.images_bytes())
          .at("metadata.images_bytes");
    if (metadata.labels_bytes() < 0)
      return invalid_argument("labels_bytes is {}; use 0 (no label file) or more", metadata.labels_bytes())
          .at("metadata.labels_bytes");
    if (metadata.limit() < 0)
      return invalid_argument("limit is {}; use 0 (all images) or more", metadata.limit()).at("metadata.limit");
    if (metadata.images_bytes() > most || metadata.labels_bytes() > most - metadata.images_bytes())
      return resource_exhausted(
          "the files have {} and {} bytes; together at most {} are accepted (setting dataset_bytes)",
          metadata.images_bytes(), metadata.labels_bytes(), most);
    return share.take(metadata.images_bytes() + metadata.labels_bytes());
  }

  Status complete() const {
    if (!begun) return invalid_argument("the upload is empty; send the metadata, then the files").at("metadata");
    if (images.size() != static_cast<std::size_t>(metadata.images_bytes()))
      return invalid_argument("{} of the {} bytes that images_bytes announced came", images.size(),
                              metadata.images_bytes())
          .at("images");
    if (labels.size() != static_cast<std::size_t>(metadata.labels_bytes()))
      return invalid_argument("{} of the {} bytes that labels_bytes announced came", labels.size(),
                              metadata.labels_bytes())
          .at("labels");
    return {};
  }

  DatasetFiles files() const {
    DatasetFiles files;
    files.images_name = metadata.images_name().empty() ? "images" : metadata.images_name();
    files.labels_name = metadata.labels_name().empty() ? "labels" : metadata.labels_name();
    files.images = std::as_bytes(std::span(images));
    files.labels = std::as_bytes(std::span(labels));
    files.limit = metadata.limit();
    return files;
  }

  Shell& shell;
  UploadBudget::Share share;
  bool begun = false;
  v1::ImportDatasetRequest::Metadata metadata;
  std::string images, labels;
};

class DatasetService final : public v1::DatasetService::CallbackService {
 public:
  explicit DatasetService(Shell& shell) : shell_(shell) {}

  grpc::ServerReadReactor<v1::ImportDatasetRequest>* ImportDataset(grpc::CallbackServerContext*,
                                                                   v1::Dataset* reply) override {
    auto state = std::make_shared<DatasetUpload>(shell_);
    return start_upload<v1::ImportDatasetRequest>(
        shell_.upload_options(), [state](const v1::ImportDatasetRequest& part) { return state->add(part); },
        [state, reply](const CancelToken&) -> Status {
          RS_TRY(state->complete());
          RS_ASSIGN(*reply, state->shell.backend.datasets.import(state->metadata.id(), state->files()));
          return {};
        });
  }

  grpc::ServerUnaryReactor* GetDataset(grpc::CallbackServerContext*, const v1::GetDatasetRequest* request,
                                       v1::Dataset* reply) override {
    return answer(shell_.quick, [this, request, reply](const CancelToken&) -> Status {
      RS_ASSIGN(const std::string id, parse_name(kDatasets, request->name(), "name"));
      RS_ASSIGN(*reply, shell_.backend.store->get_dataset(id));
      return {};
    });
  }

  grpc::ServerUnaryReactor* ListDatasets(grpc::CallbackServerContext*, const v1::ListDatasetsRequest* request,
                                         v1::ListDatasetsResponse* reply) override {
    return answer(shell_.quick, [this, request, reply](const CancelToken&) -> Status {
      const Digest list = Hasher("list-datasets/1").finish();
      db::Page page;
      RS_ASSIGN(page.size, page_size(request->page_size()));
      RS_ASSIGN(page.token, read_token(request->page_token(), list));
      RS_ASSIGN(auto listed, shell_.backend.store->list_datasets(page));
      for (v1::Dataset& dataset : listed.rows) *reply->add_datasets() = std::move(dataset);
      if (!listed.next_token.empty()) reply->set_next_page_token(write_token(listed.next_token, list));
      return {};
    });
  }

  grpc::ServerUnaryReactor* DeleteDataset(grpc::CallbackServerContext*, const v1::DeleteDatasetRequest* request,
                                          google::protobuf::Empty*) override {
    return answer(shell_.quick, [this, request](const CancelToken&) -> Status {
      RS_ASSIGN(const std::string id, parse_name(kDatasets, request->name(), "name"));
      return shell_.backend.store->delete_dataset(id);
    });
  }

 private:
  Shell& shell_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_dataset_service(Shell& shell) { return std::make_unique<DatasetService>(shell); }

}  // namespace roofscape::server
