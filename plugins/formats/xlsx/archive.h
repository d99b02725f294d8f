// The zip file that a workbook is: finds parts by name and unpacks them as a stream. The only user of libzip.
//
// Believes no size that the zip states of itself: what is unpacked is counted while it is, and stopped at a firm total
// and at a ratio that only a zip bomb reaches. Opens no file and makes none. A damaged, encrypted or strange zip is
// plugin::Unreadable.
#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "plugin/format.h"
#include "xlsx/part.h"

struct zip;
struct zip_file;

namespace sluis::xlsx {

class Archive {
 public:
  static constexpr std::uint64_t kMostUnpacked = std::uint64_t{4}
                                                 << 30;  ///< of all parts together, read twice counts twice
  static constexpr std::uint64_t kMostRatio = 200;       ///< judged from kUnjudged unpacked bytes on
  static constexpr std::uint64_t kUnjudged = 32 << 20;
  static constexpr std::uint64_t kMostParts = 10000;

  explicit Archive(plugin::ByteSource& source);
  ~Archive();
  Archive(const Archive&) = delete;
  Archive& operator=(const Archive&) = delete;

  /// `name` without a leading slash; case does not matter (ECMA-376 part 2, 6.2.2.3).
  bool has(std::string_view name) const;
  /// The part unpacked. Unreadable when it is not there or stands there twice. One at a time; not beyond the archive.
  std::unique_ptr<Part> open(std::string_view name);

 private:
  class Packed;
  class Unpacking;

  std::unique_ptr<Packed> packed_;
  std::unique_ptr<zip, void (*)(zip*)> zip_;
  std::unordered_map<std::string, std::vector<std::uint64_t>> parts_;  // lower case -> where in the zip
  std::uint64_t unpacked_ = 0;
};

}  // namespace sluis::xlsx
