// A snapshot: the current records of one domain (municipality) on one day, in columns, frozen
// (docs/formats/snapshot.md).
//
// Holds coded dimensions, quarters, scores, provider, the keys of the counted units, and a number for each child that
// means something in this file only. No pseudonym, no postcode, no exact date. Rows are in order of the child's number,
// so that one child's rows lie together.
//
// Mapped into memory, never written to again. The header with the digest of every column is checked on opening; a
// column is checked when it is first asked for, and a damaged one is an Error (disk), never data. Safe for many
// threads.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/time.h"

namespace sluis::snapshot {

enum class Column : std::uint8_t {
  child,            ///< u32, from 0, ascending: every number from 0 to children-1 occurs
  key,              ///< u32, of the trajectory: a fraction of 2^32 (JEUGDHULP §9.2)
  keyYouth,         ///< u32, of its measurement by the youth; 0 where there is none
  keyParent,        ///< u32, of its measurement by the parent; 0 where there is none
  provider,         ///< u16, place in Facts::providers
  form,             ///< u8, the code as a number: 2 is "02"; 0 = not given. The same for the next seven
  referrer,         ///< u8
  reason,           ///< u8
  profile,          ///< u8
  productCategory,  ///< u8
  perspective,      ///< u8
  severity,         ///< u8
  complexity,       ///< u8
  start,            ///< u8, quarter of the first day: 1 = Facts::firstQuarter; never 0
  end,              ///< u8, quarter of the last day in the same count; 0 = still running
  satisfaction,     ///< u8, mark by the youth (low four bits) and by the parent (high four): 1–10, 0 = none
  goOn,             ///< u8, the same way: 1–4, 0 = none
  goals,            ///< u8, the same way: 1–4, 0 = none
  flags,            ///< u8, see Flag
};
inline constexpr std::size_t kColumns = 19;

enum Flag : std::uint8_t {
  kEndedBeforeWindow = 1,  ///< ended at least Facts::windowDays before the snapshot was made: base of "renewed"
  kRenewed = 2,            ///< the same child starts again, at any provider here, 1 to windowDays days after the end
};

/// Bytes of one value of a column: 4, 2 or 1.
std::size_t widthOf(Column column);

struct Provider {
  std::string code;
  std::string name;
};

struct Facts {
  std::string id;      ///< "GM0034-000012": domain and number, ascending
  std::string domain;  ///< "GM0034"
  Instant made{};      ///< of the database's snapshot it was read from
  std::uint64_t rows = 0;
  std::uint64_t children = 0;
  std::int32_t firstQuarter = 0;  ///< report::Quarter::number of start/end value 1
  std::int32_t lastQuarter = 0;   ///< the last one that occurs as a start or an end
  std::uint16_t windowDays = 365;
  std::string ruleSet;                 ///< "jeugdhulp 5.1; sluis 0.1.0"
  std::string table;                   ///< the perturbation table, as its file: figures can be made again exactly
  std::vector<Provider> providers;     ///< in order of code: those with rows, or an agreement with the municipality
  std::uint32_t minimumChildren = 10;  ///< a row needs so many children, and so large a published count
  std::array<std::byte, 32> digest{};  ///< SHA-256 of the header, which holds the columns' digests; filled in by open()
};

class Snapshot {
 public:
  /// Error (disk) with a clear sentence when it is not a snapshot, cut, damaged in its header, made by a newer version,
  /// or not of `domain` ("" = of any).
  static std::shared_ptr<const Snapshot> open(const std::filesystem::path& file, const std::string& domain = {});
  ~Snapshot();
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  const Facts& facts() const { return facts_; }
  /// Of one byte / two / four a value; std::logic_error for the wrong width. Checked at first use: Error (disk).
  std::span<const std::uint8_t> bytes(Column column) const;
  std::span<const std::uint16_t> shorts(Column column) const;
  std::span<const std::uint32_t> words(Column column) const;
  /// Checks every column now.
  void verify() const;

 private:
  struct Map;
  Snapshot();
  Facts facts_;
  std::unique_ptr<Map> map_;
};

/// A snapshot in memory, on its way to a file. Every column has Facts::rows values; rows in order of child.
struct Table {
  Facts facts;
  std::vector<std::uint32_t> child, key, keyYouth, keyParent;
  std::vector<std::uint16_t> provider;
  std::vector<std::uint8_t> form, referrer, reason, profile, productCategory, perspective, severity, complexity;
  std::vector<std::uint8_t> start, end, satisfaction, goOn, goals, flags;
};
/// Written beside, flushed to disk, renamed: `file` is whole or not there. Returns the header's digest. Error (disk);
/// std::logic_error when the table is not right in itself.
std::array<std::byte, 32> write(const std::filesystem::path& file, const Table& table);

}  // namespace sluis::snapshot
