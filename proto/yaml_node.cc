#include "proto/yaml_node.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <exception>
#include <numeric>
#include <optional>
#include <sstream>

#include "analytics/base/text.h"

namespace roofscape {
namespace {

constexpr std::size_t kKeyBytes = 128;

// Leaves the parser from inside an event; never leaves this file.
struct Refusal : std::exception {
  Refusal(int line_, int column_, Status status_) : line(line_), column(column_), status(std::move(status_)) {}
  int line, column;
  Status status;
};

// Gathers one document's events into a tree.
class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(const YamlLimits& limits) : limits_(limits) {}

  std::optional<YamlNode> take() { return std::exchange(root_, std::nullopt); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    add(make(mark, YamlNode::Kind::kNull));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    refuse(mark, invalid_argument("an alias ('*name'); write the value out"));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    YamlNode node = make(mark, YamlNode::Kind::kScalar);
    node.text = value;
    node.quoted = tag == "!";
    add(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, YamlNode::Kind::kList);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, YamlNode::Kind::kMapping);
  }
  void OnMapEnd() override {
    refuse_repeated_keys(open_.back());
    close();
  }

 private:
  [[noreturn]] static void refuse(const YAML::Mark& mark, Status status) {
    throw Refusal(mark.line + 1, mark.column + 1, std::move(status));
  }
  [[noreturn]] static void refuse(const YamlNode& node, Status status) {
    throw Refusal(node.line, node.column, std::move(status));
  }
  static void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != 0) refuse(mark, invalid_argument("an anchor ('&name'); write values out where they are used"));
  }
  static void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    // yaml-cpp reports "?" for plain values and "!" for quoted ones.
    if (!tag.empty() && tag != "?" && tag != "!")
      refuse(mark, invalid_argument("a tag ('{}'); the type follows from the key", printable(tag, 40)));
  }

  YamlNode make(const YAML::Mark& mark, YamlNode::Kind kind) {
    if (++nodes_ > limits_.nodes)
      refuse(mark, resource_exhausted("more than {} values and keys in one file", limits_.nodes));
    YamlNode node;
    node.kind = kind;
    node.line = mark.line + 1;
    node.column = mark.column + 1;
    return node;
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YamlNode::Kind kind) {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    if (static_cast<int>(open_.size()) >= limits_.depth)
      refuse(mark, resource_exhausted("nested more than {} deep", limits_.depth));
    YamlNode node = make(mark, kind);
    if (expects_key()) refuse(node, not_a_key(node));
    open_.push_back(std::move(node));
  }

  void close() {
    YamlNode node = std::move(open_.back());
    open_.pop_back();
    add(std::move(node));
  }

  // yaml-cpp also takes a bracket that is never closed for the beginning of a key.
  static Status not_a_key(const YamlNode& node) {
    if (node.kind == YamlNode::Kind::kNull) return invalid_argument("nothing as a key; keys are plain words");
    return invalid_argument("{} as a key, or a bracket that is not closed; keys are plain words", describe(node));
  }

  bool expects_key() const {
    return !open_.empty() && open_.back().kind == YamlNode::Kind::kMapping &&
           open_.back().keys.size() == open_.back().items.size();
  }

  void add(YamlNode node) {
    if (open_.empty()) {
      root_ = std::move(node);
    } else if (expects_key()) {
      if (node.kind != YamlNode::Kind::kScalar) refuse(node, not_a_key(node));
      if (node.text.size() > kKeyBytes)
        refuse(node, invalid_argument("a key of {} bytes; at most {}", node.text.size(), kKeyBytes));
      open_.back().keys.push_back(std::move(node));
    } else {
      open_.back().items.push_back(std::move(node));
    }
  }

  static void refuse_repeated_keys(const YamlNode& mapping) {
    std::vector<std::size_t> order(mapping.keys.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return mapping.keys[a].text < mapping.keys[b].text; });
    for (std::size_t i = 1; i < order.size(); ++i) {
      const YamlNode& first = mapping.keys[order[i - 1]];
      const YamlNode& again = mapping.keys[order[i]];
      if (first.text == again.text)
        refuse(again, invalid_argument("key '{}' is repeated; it stands on line {} already", printable(again.text),
                                       first.line));
    }
  }

  const YamlLimits& limits_;
  std::vector<YamlNode> open_;
  std::optional<YamlNode> root_;
  int nodes_ = 0;
};

// Refuses a second document as soon as it begins.
class SecondDocument : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override {
    throw Refusal(mark.line + 1, mark.column + 1, invalid_argument("a second document; a file holds one"));
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

Status at_place(std::string_view file_name, int line, int column, Status status) {
  return std::move(status).in(fmt::format("{}:{}:{}", printable(file_name, 400), line, column));
}

// yaml-cpp's message, clearer where it is too terse.
std::string plain_words(const std::string& message) {
  return message == "illegal EOF in scalar" ? "a quote is not closed by the end of the file" : printable(message, 200);
}

// Bytes that no specification needs and that could fool a terminal or make yaml-cpp guess another encoding.
Status check_bytes(std::string_view text, std::string_view file_name) {
  int line = 1, column = 1;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool utf16_mark = i == 0 && byte >= 0xfe;
    if ((byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t') || byte == 0x7f || utf16_mark)
      return at_place(file_name, line, column,
                      invalid_argument("byte 0x{:02x} is not text; use UTF-8 without control characters", byte));
    column = byte == '\n' ? 1 : column + 1;
    line += byte == '\n' ? 1 : 0;
  }
  return {};
}

}  // namespace

std::string describe(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::kNull: return "nothing";
    case YamlNode::Kind::kScalar: return fmt::format("'{}'", printable(node.text, 60));
    case YamlNode::Kind::kList: return "a list";
    case YamlNode::Kind::kMapping: return "a mapping";
  }
  return "";
}

Result<YamlNode> parse_yaml(std::string_view text, std::string_view file_name, const YamlLimits& limits) {
  if (text.size() > limits.bytes)
    return resource_exhausted("{}: {} bytes; a specification has at most {}", printable(file_name, 400), text.size(),
                              limits.bytes);
  RS_TRY(check_bytes(text, file_name));
  TreeBuilder builder(limits);
  try {
    // yaml-cpp takes an unclosed quote for closed when the file ends in a line break; after a comment it does not.
    std::istringstream stream{std::string(text) + "\n#"};
    YAML::Parser parser(stream);
    parser.HandleNextDocument(builder);
    SecondDocument second;
    parser.HandleNextDocument(second);
  } catch (const Refusal& refusal) {
    return at_place(file_name, refusal.line, refusal.column, refusal.status);
  } catch (const YAML::Exception& error) {
    return at_place(file_name, std::max(error.mark.line, 0) + 1, std::max(error.mark.column, 0) + 1,
                    invalid_argument("not YAML: {}", plain_words(error.msg)));
  } catch (const std::exception& error) {
    return invalid_argument("{}: not YAML: {}", printable(file_name, 400), printable(error.what(), 200));
  }
  std::optional<YamlNode> root = builder.take();
  if (!root) return YamlNode{};
  return std::move(*root);
}

}  // namespace roofscape
