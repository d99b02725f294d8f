// multipart/form-data, taken apart as it comes, in any pieces, with a bounded memory: texts are kept, files are passed
// on. What is no such form, or has more or longer parts than message.h allows, is refused.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "web/message.h"

namespace sluis::web {

class Multipart {
 public:
  using Open = std::function<std::unique_ptr<PartSink>(const PartHead&)>;

  /// The boundary in a Content-Type; nullopt when it is no multipart form or its boundary is not one.
  static std::optional<std::string> boundaryOf(std::string_view contentType);

  /// Texts go into `form`, files to what `open` returns (nullptr: passed over).
  Multipart(std::string_view boundary, Fields& form, Open open);

  /// Throws Refused (400, 413), and what a sink throws.
  void feed(std::string_view bytes);
  /// All has come. Throws Refused (400) when the form had not ended.
  void finish();

 private:
  enum class State : unsigned char { before, afterBoundary, head, body, end };

  bool step();
  void startPart(std::string_view lines);
  void pass(std::string_view bytes);
  void endPart();

  std::string delimiter_;  ///< "\r\n--boundary"
  Fields& form_;
  Open open_;
  State state_ = State::before;
  std::string waiting_;  ///< what came and is not used yet
  PartHead part_;
  bool isFile_ = false;
  std::unique_ptr<PartSink> sink_;
  std::string text_;
  std::size_t parts_ = 0;
  std::size_t texts_ = 0;  ///< bytes of all texts
};

}  // namespace sluis::web
