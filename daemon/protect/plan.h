// A query seen from one snapshot: which columns to compare with what, which column says the row, the part and the
// piece. Values become numbers here; counting knows no names. Private to this room.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protect/tally.h"
#include "report/query.h"
#include "snapshot/snapshot.h"

namespace sluis::protect {

/// Numbers of a u8 column, both inside.
struct Between {
  snapshot::Column column{};
  std::uint8_t from = 0;
  std::uint8_t to = 0;
};

/// One way to count `response`: whose measurements of what make a "ja". A mask of the low and high four bits.
struct Answers {
  std::uint8_t satisfaction = 0xff, goOn = 0xff, goals = 0xff;
};

/// No such row, part or piece.
inline constexpr std::uint16_t kNone = 0xffff;

struct Plan {
  report::Indicator indicator{};
  bool impossible = false;  ///< asks for a value that this snapshot does not have: nothing to count
  std::vector<Between> between;
  std::uint8_t flags = 0;                 ///< those that must be set
  std::optional<std::uint16_t> provider;  ///< place in Facts::providers
  std::optional<std::uint16_t> viewer;    ///< whose units are not "others"

  std::size_t rows = 0;
  std::optional<snapshot::Column> rowColumn;  ///< none: all units are of one row (`onlyRow`), or of a pass's row
  std::vector<std::uint16_t> rowOf;           ///< by the column's value; kNone
  std::uint16_t onlyRow = kNone;
  /// Of `response`: one for each row when rows are measures or respondents (none: nothing is of that row), else one.
  std::vector<std::optional<Answers>> passes;

  std::size_t parts = 0;
  std::array<std::uint8_t, 256> partOf{};  ///< of a mark, a reason, or the flags; parts = none
  snapshot::Column partColumn{};           ///< where it stands
  bool youth = true, parent = true;        ///< whose measurements count, for the indicators that count them
  bool byInformant = false;                ///< rows are informants
  std::array<std::uint16_t, 2> informantRow{kNone, kNone};  ///< of youth and parent then

  std::vector<DatePieces> pieces;  ///< start piece * end pieces + end piece
  std::size_t endPieces = 1;
  std::array<std::uint16_t, 256> startPiece{};
  std::array<std::uint16_t, 256> endPiece{};
  std::vector<Cell> cells;  ///< by row
};

/// `own`: only the viewer's own units (the viewer is a provider). `apart`: count others than the viewer apart, too.
Plan planOf(const snapshot::Facts& facts, const report::Query& query, const std::vector<report::Value>& rows);

/// The number of a value of a dimension in this snapshot, as in Coordinate; nullopt when it has none with that key.
/// Not for dates and the municipality.
std::optional<std::uint32_t> numberOf(report::Dimension dimension, const std::string& key,
                                      const snapshot::Facts& facts);

}  // namespace sluis::protect
