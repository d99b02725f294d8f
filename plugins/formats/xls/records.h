// The records that a workbook's stream is made of ([MS-XLS] 2.1.4): one after the other, or from a place on.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "xls/compound_file.h"

namespace sluis::xls {

/// What a record is, for those that are looked at.
enum class Kind : std::uint16_t {
  formula = 0x0006,
  eof = 0x000A,
  dateMode = 0x0022,
  filePass = 0x002F,
  continued = 0x003C,
  codePage = 0x0042,
  sheet = 0x0085,
  multipleRk = 0x00BD,
  richString = 0x00D6,
  cellFormat = 0x00E0,
  sharedStrings = 0x00FC,
  sharedLabel = 0x00FD,
  number = 0x0203,
  label = 0x0204,
  boolOrError = 0x0205,
  string = 0x0207,
  rk = 0x027E,
  format = 0x041E,
  begin = 0x0809,
};

class Records {
 public:
  /// `stream` must outlive this.
  explicit Records(const Stream& stream);

  /// The next record is the one at `offset`.
  void seek(std::uint64_t offset) { at_ = offset; }
  /// Steps to the next record; Unreadable when the stream ends before it does: every part of it ends with an eof.
  void next();
  /// The same when it is of this kind; otherwise stays.
  bool nextIf(Kind kind);

  Kind kind() const { return kind_; }
  /// Until the next step.
  std::string_view data() const { return data_; }

 private:
  std::string_view window(std::size_t size);

  const Stream& stream_;
  std::vector<char> buffer_;
  std::uint64_t begin_ = 0;  // of the buffer in the stream
  std::size_t filled_ = 0;
  std::uint64_t at_ = 0;
  Kind kind_ = Kind::eof;
  std::string_view data_;
};

}  // namespace sluis::xls
