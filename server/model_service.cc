#include <string>

#include "analytics/base/text.h"
#include "analytics/network/work.h"
#include "roofscape/v1/service.grpc.pb.h"
#include "server/call.h"
#include "server/model_info.h"
#include "server/names.h"
#include "server/paging.h"
#include "server/services.h"
#include "server/shell.h"

namespace roofscape::server {
namespace {

// One upload's state: what came so far.
struct ModelUpload {
  explicit ModelUpload(Shell& served) : shell(served), share(served.uploads) {}

  Status add(const v1::ImportModelRequest& part) {
    if (part.has_metadata()) return begin(part.metadata());
    if (!begun) return invalid_argument("the first message must be the metadata").at("metadata");
    const std::string& chunk = part.data();
    if (chunk.size() > kLargestChunk)
      return invalid_argument("a chunk has {} bytes; send at most {}", chunk.size(), kLargestChunk).at("data");
    if (onnx.size() + chunk.size() > static_cast<std::size_t>(metadata.file_bytes()))
      return invalid_argument("more data came than the {} bytes that file_bytes announced", metadata.file_bytes())
          .at("data");
    onnx += chunk;
    return {};
  }

  Status begin(const v1::ImportModelRequest::Metadata& given) {
    if (begun) return invalid_argument("the metadata came twice; send it once, first").at("metadata");
    begun = true;
    metadata = given;
    RS_TRY(check_new_id("model", metadata.id(), "metadata.id"));
    const std::int64_t most = shell.backend.settings.model_bytes;
    if (metadata.file_bytes() < 1)
      return invalid_argument("file_bytes is {}; an ONNX file has at least 1", metadata.file_bytes())
          .at("metadata.file_bytes");
    if (metadata.file_bytes() > most)
      return resource_exhausted("the ONNX file has {} bytes; at most {} are accepted (setting model_bytes)",
                                metadata.file_bytes(), most);
    return share.take(metadata.file_bytes());
  }

  Status complete() const {
    if (!begun) return invalid_argument("the upload is empty; send the metadata, then the file").at("metadata");
    if (onnx.size() != static_cast<std::size_t>(metadata.file_bytes()))
      return invalid_argument("{} of the {} bytes that file_bytes announced came", onnx.size(), metadata.file_bytes())
          .at("data");
    return {};
  }

  Shell& shell;
  UploadBudget::Share share;
  bool begun = false;
  v1::ImportModelRequest::Metadata metadata;
  std::string onnx;
};

// The model with its layers.
Status show(ModelShelf& models, const std::string& id, v1::Model* reply) {
  RS_ASSIGN(StoredModel model, models.get(id));
  *reply = std::move(model.info);
  reply->set_activation_count(activation_count(model.network()));
  for (v1::LayerInfo& layer : describe_layers(model.network())) *reply->add_layers() = std::move(layer);
  return {};
}

Result<Origin> origin_of(std::string_view filter) {
  if (trim(filter).empty()) return Origin::kAny;
  std::string compact;
  for (const char c : filter)
    if (c != ' ') compact += c;
  if (compact == "built_in=true") return Origin::kBuiltIn;
  if (compact == "built_in=false") return Origin::kImported;
  return invalid_argument("filter '{}' is not one; use 'built_in=true' or 'built_in=false'", printable(filter))
      .at("filter");
}

class ModelService final : public v1::ModelService::CallbackService {
 public:
  explicit ModelService(Shell& shell) : shell_(shell) {}

  grpc::ServerReadReactor<v1::ImportModelRequest>* ImportModel(grpc::CallbackServerContext*,
                                                               v1::Model* reply) override {
    auto state = std::make_shared<ModelUpload>(shell_);
    return start_upload<v1::ImportModelRequest>(
        shell_.upload_options(), [state](const v1::ImportModelRequest& part) { return state->add(part); },
        [state, reply](const CancelToken&) -> Status {
          RS_TRY(state->complete());
          ModelShelf& models = state->shell.backend.models;
          const std::string& id = state->metadata.id();
          RS_ASSIGN(const v1::Model stored,
                    models.import(id, state->metadata.preparation(), std::as_bytes(std::span(state->onnx))));
          return show(models, id, reply);
        });
  }

  grpc::ServerUnaryReactor* GetModel(grpc::CallbackServerContext*, const v1::GetModelRequest* request,
                                     v1::Model* reply) override {
    return answer(shell_.quick, [this, request, reply](const CancelToken&) -> Status {
      RS_ASSIGN(const std::string id, parse_name(kModels, request->name(), "name"));
      return show(shell_.backend.models, id, reply);
    });
  }

  grpc::ServerUnaryReactor* ListModels(grpc::CallbackServerContext*, const v1::ListModelsRequest* request,
                                       v1::ListModelsResponse* reply) override {
    return answer(shell_.quick, [this, request, reply](const CancelToken&) -> Status {
      const Digest list = Hasher("list-models/2").add(request->filter()).finish();
      RS_ASSIGN(const Origin origin, origin_of(request->filter()));
      RS_ASSIGN(const int size, page_size(request->page_size()));
      RS_ASSIGN(const std::string after, read_token(request->page_token(), list));
      RS_ASSIGN(ModelPage page, shell_.backend.models.list(origin, after, static_cast<std::size_t>(size)));
      for (v1::Model& model : page.models) *reply->add_models() = std::move(model);
      if (!page.next.empty()) reply->set_next_page_token(write_token(page.next, list));
      return {};
    });
  }

  grpc::ServerUnaryReactor* DeleteModel(grpc::CallbackServerContext*, const v1::DeleteModelRequest* request,
                                        google::protobuf::Empty*) override {
    return answer(shell_.quick, [this, request](const CancelToken&) -> Status {
      RS_ASSIGN(const std::string id, parse_name(kModels, request->name(), "name"));
      return shell_.backend.models.remove(id);
    });
  }

 private:
  Shell& shell_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_model_service(Shell& shell) { return std::make_unique<ModelService>(shell); }

}  // namespace roofscape::server
