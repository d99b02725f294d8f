// A form with files, as a stranger writes it: in one piece and in pieces of any size it is the same form.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/encoding.h"
#include "web/multipart.h"
#include "web/urlencoded.h"

namespace {

using namespace sluis::web;

class Kept final : public PartSink {
 public:
  explicit Kept(std::string& to) : to_(to) {}
  void write(std::span<const std::byte> bytes) override { to_ += sluis::asText(bytes); }

 private:
  std::string& to_;
};

struct Taken {
  int status = 200;
  Fields form;
  std::string files;

  Taken(std::string_view text, std::size_t step) {
    try {
      Multipart parts("B", form, [&](const PartHead& head) {
        if (!isCleanText(head.fileName, LineEnds::refused) || head.fileName.find('/') != std::string::npos)
          std::abort();
        files += head.field + "|" + head.fileName + "|";
        return std::make_unique<Kept>(files);
      });
      for (std::size_t at = 0; at < text.size(); at += step) parts.feed(text.substr(at, step));
      parts.finish();
    } catch (const Refused& refused) {
      status = refused.status;
    }
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  const Taken whole(text, text.size() + 1);
  const Taken pieces(text, data[0] % 64U + 1);
  if ((whole.status == 200) != (pieces.status == 200)) std::abort();
  if (whole.status != 200) return 0;
  if (whole.form.all() != pieces.form.all() || whole.files != pieces.files) std::abort();
  for (const auto& [name, value] : whole.form.all())
    if (!isCleanText(name, LineEnds::refused) || !isCleanText(value, LineEnds::allowed)) std::abort();
  return 0;
}
