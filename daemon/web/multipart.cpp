#include "web/multipart.h"

#include <algorithm>

#include "base/encoding.h"
#include "web/header_text.h"
#include "web/urlencoded.h"

namespace sluis::web {
namespace {

constexpr std::size_t kLongestPartHead = 4 << 10;
constexpr std::size_t kLongestBoundary = 70;
constexpr std::size_t kLongestFileName = 200;

[[noreturn]] void refuse() {
  throw Refused{400, "error.bad-request"};
}

/// The parameters of "form-data; name=\"a\"; filename=\"b\"", names in lower case.
Fields parameters(std::string_view text) {
  Fields found;
  for (std::size_t at = text.find(';'); at < text.size();) {
    const std::size_t equals = text.find('=', at);
    if (equals == std::string_view::npos) refuse();
    const std::string name = inLowerCase(trimmed(text.substr(at + 1, equals - at - 1)));
    std::string value;
    std::size_t end = equals + 1;
    if (end < text.size() && text[end] == '"') {
      // Browsers write a quote in a name as %22; some older ones as \".
      for (++end; end < text.size() && text[end] != '"'; ++end) {
        if (text[end] == '\\' && end + 1 < text.size() && text[end + 1] == '"') ++end;
        value += text[end];
      }
      if (end == text.size()) refuse();
      ++end;
      if (!trimmed(text.substr(end, std::min(text.find(';', end), text.size()) - end)).empty()) refuse();
      end = text.find(';', end);
    } else {
      end = text.find(';', end);
      value = trimmed(text.substr(equals + 1, end == std::string_view::npos ? end : end - equals - 1));
    }
    if (!isToken(name) || found.has(name)) refuse();
    found.add(name, value);
    at = end;
  }
  return found;
}

/// What comes after the last '/' or '\': old browsers send a path.
std::string fileNameOf(std::string_view sent) {
  const std::size_t slash = sent.find_last_of("/\\");
  return printable(slash == std::string_view::npos ? sent : sent.substr(slash + 1), kLongestFileName);
}

}  // namespace

std::optional<std::string> Multipart::boundaryOf(std::string_view contentType) {
  const std::size_t semicolon = std::min(contentType.find(';'), contentType.size());
  if (!sameText(trimmed(contentType.substr(0, semicolon)), "multipart/form-data")) return std::nullopt;
  try {
    std::string boundary = parameters(contentType)["boundary"];
    if (boundary.empty() || boundary.size() > kLongestBoundary ||
        !std::all_of(boundary.begin(), boundary.end(), [](char byte) { return byte > ' ' && byte < 0x7f; }))
      return std::nullopt;
    return boundary;
  } catch (const Refused&) {
    return std::nullopt;
  }
}

Multipart::Multipart(std::string_view boundary, Fields& form, Open open)
    : delimiter_("\r\n--" + std::string(boundary)), form_(form), open_(std::move(open)), waiting_("\r\n") {}

void Multipart::feed(std::string_view bytes) {
  waiting_ += bytes;
  while (step()) {
  }
}

void Multipart::finish() {
  if (state_ != State::end) refuse();
}

// One step with what is there; false when more must come first.
bool Multipart::step() {
  switch (state_) {
    case State::before:
      // No browser writes anything before the first boundary.
      if (waiting_.size() < delimiter_.size()) return false;
      if (waiting_.rfind(delimiter_, 0) != 0) refuse();
      waiting_.erase(0, delimiter_.size());
      state_ = State::afterBoundary;
      return true;
    case State::afterBoundary:
      if (waiting_.size() < 2) return false;
      if (waiting_.rfind("--", 0) == 0) {
        state_ = State::end;
      } else if (waiting_.rfind("\r\n", 0) == 0) {
        if (++parts_ > kMostFields) throw Refused{413, "error.too-large"};
        state_ = State::head;
      } else {
        refuse();
      }
      waiting_.erase(0, 2);
      return true;
    case State::head: {
      const std::size_t end = waiting_.find("\r\n\r\n");
      if (std::min(end, waiting_.size()) > kLongestPartHead) throw Refused{413, "error.too-large"};
      if (end == std::string::npos) return false;
      startPart(std::string_view(waiting_).substr(0, end + 2));
      waiting_.erase(0, end + 4);
      state_ = State::body;
      return true;
    }
    case State::body: {
      const std::size_t end = waiting_.find(delimiter_);
      if (end != std::string::npos) {
        pass(std::string_view(waiting_).substr(0, end));
        waiting_.erase(0, end + delimiter_.size());
        endPart();
        state_ = State::afterBoundary;
        return true;
      }
      // The last bytes may be the beginning of a delimiter.
      if (waiting_.size() >= delimiter_.size()) {
        const std::size_t sure = waiting_.size() - delimiter_.size() + 1;
        pass(std::string_view(waiting_).substr(0, sure));
        waiting_.erase(0, sure);
      }
      return false;
    }
    case State::end:
      waiting_.clear();  // what follows the end is nobody's
      return false;
  }
  return false;
}

void Multipart::startPart(std::string_view lines) {
  std::optional<Fields> disposition;
  while (!lines.empty()) {
    const std::size_t end = lines.find("\r\n");
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(end + 2);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !isToken(line.substr(0, colon)) || !isHeaderValue(line)) refuse();
    if (!sameText(line.substr(0, colon), "content-disposition")) continue;
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (disposition || !sameText(trimmed(value.substr(0, value.find(';'))), "form-data")) refuse();
    disposition = parameters(value);
  }
  if (!disposition || !isCleanText((*disposition)["name"], LineEnds::refused) || (*disposition)["name"].empty())
    refuse();
  part_ = {(*disposition)["name"], fileNameOf((*disposition)["filename"])};
  isFile_ = disposition->has("filename");
  text_.clear();
  if (isFile_) sink_ = open_(part_);
}

void Multipart::pass(std::string_view bytes) {
  if (isFile_) {
    if (sink_ && !bytes.empty()) sink_->write(asBytes(bytes));
    return;
  }
  texts_ += bytes.size();
  if (texts_ > kLargestForm || text_.size() + bytes.size() > kLongestValue) throw Refused{413, "error.too-large"};
  text_ += bytes;
}

void Multipart::endPart() {
  sink_.reset();
  if (isFile_) return;
  if (!isCleanText(text_, LineEnds::allowed)) refuse();
  form_.add(part_.field, withPlainLineEnds(text_));
}

}  // namespace sluis::web
