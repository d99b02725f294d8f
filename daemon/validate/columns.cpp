// The columns of one turn, each read from top to bottom: one form, one loop.
#include <bit>
#include <type_traits>

#include "validate/calendar.h"
#include "validate/cell.h"
#include "validate/judge.h"

namespace sluis::validate {

namespace {

// All ones or none. Hidden from the compiler, which would make a branch of what follows: which cells are empty nobody
// can predict, and a wrong guess costs more than all there is to do for a cell.
inline std::uint32_t maskOf(bool yes) {
  std::uint32_t mask = 0 - std::uint32_t{yes};
#if defined(__GNUC__)
  asm("" : "+r"(mask));
#endif
  return mask;
}

/// A cell as a quick form sees it, in a text of at least kReadable bytes.
struct Cell {
  static constexpr std::size_t kReadable = 16;
  const char* text;
  std::uint32_t begin;
  std::uint32_t size;

  const char* data() const { return text + begin; }
  /// The cell where `mask` has ones, otherwise kReadable bytes that belong to others.
  const char* dataIf(std::uint32_t mask) const { return text + (begin & mask); }
};

bool dateOf(std::string_view cell, std::uint32_t& yyyymmdd, DayNumber& day) {
  if (cell.size() != 8 || !eightDigits(cell.data(), yyyymmdd)) return false;
  day = kCalendar.find(yyyymmdd);
  return day != kNoDay;
}

}  // namespace

// Gives each cell to quick(row, cell, record) and then, where that did not settle it, to parse(row, cell, record)
// without spaces around it, when anything is left; what that refuses is a finding, and unreadable.
template <typename Quick, typename Parse>
void Judge::eachCell(const Column& column, Quick&& quick, Parse&& parse) {
  static_assert(kTurn == 64);
  // Locals: what is written to a record could be any member, as far as a compiler knows.
  const std::uint32_t* const ends = batch_->ends().data();
  const char* const text = batch_->text().data();
  const std::size_t stride = law_.columnCount();
  const std::uint32_t rows = rows_;
  Trajectory* const out = out_;
  const std::size_t top = std::size_t{first_} * stride + column.at;
  std::uint64_t left = ~std::uint64_t{0} >> (64 - rows);
  if (batch_->text().size() >= Cell::kReadable) {
    left = 0;
    std::size_t at = top;
    for (std::uint32_t row = 0; row < rows; ++row, at += stride) {
      const std::uint32_t begin = at == 0 ? 0 : ends[at - 1];
      left |= std::uint64_t{!quick(row, Cell{text, begin, ends[at] - begin}, out[row])} << row;
    }
  }
  for (; left != 0; left &= left - 1) {
    const auto row = static_cast<std::uint32_t>(std::countr_zero(left));
    const std::string_view cell = withoutSpaces(batch_->cell(first_ + row, column.at));
    if (!cell.empty() && parse(row, cell, out[row])) continue;
    if (cell.empty() && !column.required) continue;
    unreadable_[row] |= FieldSet{1} << static_cast<unsigned>(column.field);
    tell(cell.empty() ? column.requiredRule : column.contentRule, out[row].row);
  }
}

template <typename Parse>
void Judge::eachCell(const Column& column, Parse&& parse) {
  eachCell(
      column, [](std::uint32_t, const Cell&, Trajectory&) { return false; }, parse);
}

void Judge::identify(Trajectory& record, std::uint32_t number, bool passes) {
  static const RuleIndex eleven = ruleIndex("JH101");
  // Placeholders first: one of them passes the eleven-test, the other does not.
  if (number == law_.definition().placeholders().bsnUnknown) {
    record.identity = Identity::unknown;
  } else if (number == law_.definition().placeholders().bsnUnborn) {
    record.identity = Identity::unborn;
  } else {
    record.identity = Identity::bsn;
    record.bsn = number;
    if (!passes && law_.on(eleven)) tell(eleven, record.row);
  }
}

bool Judge::readMunicipality(Trajectory& record, std::string_view cell) const {
  unsigned municipality = 0;
  if (!municipalityOf(cell, municipality) || !law_.circumstances().municipalities.has(municipality)) return false;
  record.municipality = static_cast<std::uint16_t>(municipality);
  return true;
}

bool Judge::readBirth(Trajectory& record, std::string_view cell) const {
  std::uint32_t written = 0;
  if (cell.size() == 8 && eightDigits(cell.data(), written)) {
    const std::uint32_t month = written / 100 % 100;
    const std::uint32_t day = written % 100;
    // An unknown day may stand alone, an unknown month only with an unknown day.
    const std::uint32_t whole = month == 0 && day == 0 ? written + 101 : month != 0 && day == 0 ? written + 1 : written;
    if (kCalendar.find(whole) != kNoDay) {
      record.birth = written;
      return true;
    }
  }
  // record.birth stays 0: unborn.
  for (const std::string& placeholder : law_.definition().placeholders().birthUnborn)
    if (cell == placeholder) return true;
  return false;
}

void Judge::readColumn(const Column& column) {
  // Fields of one shape share a loop; `member` or `place` says where the value goes. What is as short as it should be,
  // or empty where it may, is settled without a branch.
  const bool mayBeEmpty = !column.required;
  const auto code = [&](std::uint8_t Trajectory::*member) {
    eachCell(
        column,
        [&](std::uint32_t, const Cell& cell, Trajectory& record) {
          const std::uint32_t fits = maskOf(cell.size == 2);
          const char* digits = cell.dataIf(fits);
          const unsigned tens = static_cast<unsigned char>(digits[0] - '0');
          const unsigned units = static_cast<unsigned char>(digits[1] - '0');
          const std::uint32_t two = fits & maskOf((tens < 10) & (units < 10));
          const unsigned value = (tens * 10 + units) & two;
          const std::uint32_t good = two & maskOf(column.codes[value]);
          record.*member = static_cast<std::uint8_t>(value & good);
          return (good != 0) | ((cell.size == 0) & mayBeEmpty);
        },
        [&](std::uint32_t, std::string_view cell, Trajectory& record) {
          unsigned value = 0;
          if (!twoDigits(cell, value) || !column.codes[value]) return false;
          record.*member = static_cast<std::uint8_t>(value);
          return true;
        });
  };
  const auto character = [&](auto place, auto parse) {
    eachCell(
        column,
        [&](std::uint32_t, const Cell& cell, Trajectory& record) {
          const std::uint32_t fits = maskOf(cell.size == 1);
          const std::uint32_t value = column.values[static_cast<unsigned char>(*cell.dataIf(fits))] & fits;
          using Member = std::remove_reference_t<decltype(place(record))>;
          place(record) = static_cast<Member>(value);
          return (value != 0) | ((cell.size == 0) & mayBeEmpty);
        },
        parse);
  };
  const auto number = [&](auto place) {
    character(place, [&](std::uint32_t, std::string_view cell, Trajectory& record) {
      unsigned value = 0;
      if (!smallNumber(cell, value) || value < column.min || value > column.max) return false;
      place(record) = static_cast<std::uint8_t>(value);
      return true;
    });
  };
  const auto letter = [&](auto place) {
    character(place, [&](std::uint32_t, std::string_view cell, Trajectory& record) {
      if (cell.size() != 1 || column.values[static_cast<unsigned char>(cell[0])] == 0) return false;
      place(record) = cell[0];
      return true;
    });
  };
  switch (column.field) {
    case bsn:
      return eachCell(
          column,
          [this](std::uint32_t, const Cell& cell, Trajectory& record) {
            std::uint32_t number = 0;
            // One that does not pass waits for its turn: findings of a rule are told in the order of their rows.
            if (cell.size != 9 || !bsnOf({cell.data(), 9}, number) || !digitsPassElevenTest(cell.data())) return false;
            identify(record, number, true);
            return true;
          },
          [this](std::uint32_t, std::string_view cell, Trajectory& record) {
            std::uint32_t number = 0;
            if (!bsnOf(cell, number)) {
              counted_.floats += looksLikeFloat(cell);
              return false;
            }
            identify(record, number, passesElevenTest(number));
            return true;
          });
    case psn:
      return eachCell(column, [](std::uint32_t, std::string_view cell, Trajectory& record) {
        record.identity = Identity::psn;
        return psnOf(cell, record.psn.data());
      });
    case geboortedatum:
      return eachCell(
          column,
          [](std::uint32_t, const Cell& cell, Trajectory& record) {
            std::uint32_t written = 0;
            DayNumber day = kNoDay;
            if (!dateOf({cell.data(), cell.size}, written, day)) return false;
            record.birth = written;
            return true;
          },
          [this](std::uint32_t, std::string_view cell, Trajectory& record) { return readBirth(record, cell); });
    case geslacht:
      return letter([](Trajectory& r) -> char& { return r.sex; });
    case postcode:
      return eachCell(
          column,
          [](std::uint32_t, const Cell& cell, Trajectory& record) {
            if (!isPostcode({cell.data(), cell.size})) return false;
            std::memcpy(record.postcode.data(), cell.data(), record.postcode.size());
            return true;
          },
          [this](std::uint32_t row, std::string_view cell, Trajectory& record) {
            unsigned municipality = 0;
            if (isPostcode(cell)) {
              std::memcpy(record.postcode.data(), cell.data(), record.postcode.size());
            } else if (municipalityOf(cell, municipality) && law_.circumstances().municipalities.has(municipality)) {
              record.residence = static_cast<std::uint16_t>(municipality);
            } else {
              postcodeOdd_[row] = true;
            }
            return true;
          });
    case gemeentecode:
      return eachCell(
          column,
          [this](std::uint32_t, const Cell& cell, Trajectory& record) {
            return readMunicipality(record, {cell.data(), cell.size});
          },
          [this](std::uint32_t, std::string_view cell, Trajectory& record) { return readMunicipality(record, cell); });
    case datumAanvang: {
      const auto start = [this](std::uint32_t row, std::string_view cell, Trajectory& record) {
        std::uint32_t written = 0;
        if (!dateOf(cell, written, record.start)) return false;
        start_[row] = written;
        return true;
      };
      return eachCell(
          column,
          [start](std::uint32_t row, const Cell& cell, Trajectory& record) {
            return start(row, {cell.data(), cell.size}, record);
          },
          start);
    }
    case datumEinde:
      return eachCell(
          column,
          [mayBeEmpty](std::uint32_t, const Cell& cell, Trajectory& record) {
            const std::uint32_t fits = maskOf(cell.size == 8);
            std::uint32_t written = 0;
            const std::uint32_t good = fits & maskOf(eightDigits(cell.dataIf(fits), written));
            record.end = kCalendar.find(written & good);
            return (record.end != kNoDay) | ((cell.size == 0) & mayBeEmpty);
          },
          [](std::uint32_t, std::string_view cell, Trajectory& record) {
            std::uint32_t written = 0;
            return dateOf(cell, written, record.end);
          });
    case verwijzer:
      return code(&Trajectory::referrer);
    case hulpvorm:
      return code(&Trajectory::form);
    case redenBeeindiging:
      return code(&Trajectory::reason);
    case perspectief:
      return code(&Trajectory::perspective);
    case productcategorie:
      return code(&Trajectory::productCategory);
    case gestartMetCrisis:
      return letter([](Trajectory& r) -> char& { return r.crisis; });
    case informant1:
      return letter([](Trajectory& r) -> char& { return r.measurements[0].informant; });
    case informant2:
      return letter([](Trajectory& r) -> char& { return r.measurements[1].informant; });
    case tevredenheid1:
      return number([](Trajectory & r) -> auto& { return r.measurements[0].satisfaction; });
    case tevredenheid2:
      return number([](Trajectory & r) -> auto& { return r.measurements[1].satisfaction; });
    case zonderHulpVerder1:
      return number([](Trajectory & r) -> auto& { return r.measurements[0].goOn; });
    case zonderHulpVerder2:
      return number([](Trajectory & r) -> auto& { return r.measurements[1].goOn; });
    case doelrealisatie1:
      return number([](Trajectory & r) -> auto& { return r.measurements[0].goals; });
    case doelrealisatie2:
      return number([](Trajectory & r) -> auto& { return r.measurements[1].goals; });
    case profiel:
      return number([](Trajectory & r) -> auto& { return r.profile; });
    case zorgvraagzwaarte:
      return number([](Trajectory & r) -> auto& { return r.severity; });
    case complexiteit:
      return number([](Trajectory & r) -> auto& { return r.complexity; });
  }
}

}  // namespace sluis::validate
