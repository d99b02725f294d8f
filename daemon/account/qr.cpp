#include <qrencode.h>

#include <memory>

#include <fmt/format.h>

#include "account/second_factor.h"

namespace sluis::account {

namespace {

constexpr int kQuiet = 4;  // ISO/IEC 18004: four modules of white around it

struct Free {
  void operator()(QRcode* code) const noexcept { ::QRcode_free(code); }
};

}  // namespace

std::string SecondFactor::qrSvg(std::string_view text) {
  const std::unique_ptr<QRcode, Free> code(::QRcode_encodeData(
      static_cast<int>(text.size()), reinterpret_cast<const unsigned char*>(text.data()), 0, QR_ECLEVEL_M));
  if (!code) throw Error(ErrorKind::usage, "this text does not fit in a QR code");
  std::string path;
  for (int y = 0; y < code->width; ++y)
    for (int x = 0; x < code->width; ++x) {
      int run = 0;
      while (x + run < code->width && (code->data[y * code->width + x + run] & 1) != 0) ++run;
      if (run == 0) continue;
      path += fmt::format("M{} {}h{}v1h-{}z", x + kQuiet, y + kQuiet, run, run);
      x += run;
    }
  const int side = code->width + 2 * kQuiet;
  return fmt::format(
      R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {0}" width="{1}" height="{1}" role="img")"
      R"( aria-label="QR-code" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{0}v{0}h-{0}z"/>)"
      R"(<path fill="#000" d="{2}"/></svg>)",
      side, side * 5, path);
}

}  // namespace sluis::account
