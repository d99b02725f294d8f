// The columns of one turn, each read from top to bottom: one form, one loop.
#include <algorithm>

#include "validate/judge.h"

namespace sluis::validate {

namespace {

bool dateOf(std::string_view cell, std::uint32_t& yyyymmdd, DayNumber& day) {
  if (cell.size() != 8 || !eightDigits(cell.data(), yyyymmdd)) return false;
  day = kCalendar.find(yyyymmdd);
  return day != kNoDay;
}

}  // namespace

// Gives each cell to quick(begin, size, record) and, where that does not settle it, to parse(row, cell, record) without
// spaces around it, when anything is left; what that refuses is a finding, and unreadable.
template <typename Quick, typename Parse>
void Validator::Judge::eachCell(const Column& column, Quick&& quick, Parse&& parse) {
  // Locals: what is written to a record could be any member, as far as a compiler knows.
  const std::uint32_t* const ends = batch_->ends().data();
  const char* const text = batch_->text().data();
  const std::size_t stride = columnCount_;
  const std::uint32_t rows = rows_;
  Trajectory* const out = out_;
  std::size_t at = std::size_t{first_} * stride + column.at;
  for (std::uint32_t row = 0; row < rows; ++row, at += stride) {
    const std::uint32_t begin = at == 0 ? 0 : ends[at - 1];
    const std::uint32_t size = ends[at] - begin;
    if (quick(text + begin, size, out[row])) [[likely]]
      continue;
    const std::string_view cell = withoutSpaces({text + begin, size});
    if (!cell.empty() && parse(row, cell, out[row])) continue;
    if (cell.empty() && !column.required) continue;
    unreadable_[row] |= FieldSet{1} << static_cast<unsigned>(column.field);
    findings_.add(cell.empty() ? column.requiredRule : column.contentRule, out[row].row);
  }
}

template <typename Parse>
void Validator::Judge::eachCell(const Column& column, Parse&& parse) {
  eachCell(
      column, [](const char*, std::uint32_t, Trajectory&) { return false; }, parse);
}

void Validator::Judge::identify(Trajectory& record, std::uint32_t number, bool passes) {
  static const RuleIndex eleven = ruleIndex("JH101");
  // Placeholders first: one of them passes the eleven-test, the other does not.
  if (number == definition_.placeholders().bsnUnknown) {
    record.identity = Identity::unknown;
  } else if (number == definition_.placeholders().bsnUnborn) {
    record.identity = Identity::unborn;
  } else {
    record.identity = Identity::bsn;
    record.bsn = number;
    if (!passes && on_[eleven]) findings_.add(eleven, record.row);
  }
}

bool Validator::Judge::readBirth(Trajectory& record, std::string_view cell) const {
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
  for (const std::string& placeholder : definition_.placeholders().birthUnborn)
    if (cell == placeholder) return true;
  return false;
}

void Validator::Judge::readColumn(const Column& column) {
  // Fields of one shape share a loop; `member` says where the value goes. Which of them are empty nobody can predict:
  // what is as short as it should be, or empty where it may, is settled without a branch on its content.
  static constexpr char kNothing[2] = {};
  const bool mayBeEmpty = !column.required;
  const auto code = [&](std::uint8_t Trajectory::*member) {
    eachCell(
        column,
        [&](const char* begin, std::uint32_t size, Trajectory& record) {
          const char* digits = size == 2 ? begin : kNothing;
          const unsigned tens = static_cast<unsigned char>(digits[0] - '0');
          const unsigned units = static_cast<unsigned char>(digits[1] - '0');
          const bool two = (tens < 10) & (units < 10);
          const unsigned value = two ? tens * 10 + units : 0;
          const bool good = two & column.codes[value];
          record.*member = static_cast<std::uint8_t>(good ? value : 0);
          return good | ((size == 0) & mayBeEmpty);
        },
        [&](std::uint32_t, std::string_view cell, Trajectory& record) {
          unsigned value = 0;
          if (!twoDigits(cell, value) || !column.codes[value]) return false;
          record.*member = static_cast<std::uint8_t>(value);
          return true;
        });
  };
  const auto number = [&](auto place) {
    // Of one digit; more are for the other way.
    const unsigned min = std::max(column.min, 1U);
    const unsigned max = std::min(column.max, 9U);
    eachCell(
        column,
        [=](const char* begin, std::uint32_t size, Trajectory& record) {
          const unsigned value = static_cast<unsigned char>((size == 1 ? begin : kNothing)[0] - '0');
          const bool good = (value >= min) & (value <= max);
          place(record) = static_cast<std::uint8_t>(good ? value : 0);
          return good | ((size == 0) & mayBeEmpty);
        },
        [&](std::uint32_t, std::string_view cell, Trajectory& record) {
          unsigned value = 0;
          if (!smallNumber(cell, value) || value < column.min || value > column.max) return false;
          place(record) = static_cast<std::uint8_t>(value);
          return true;
        });
  };
  const auto letter = [&](auto place) {
    eachCell(
        column,
        [&](const char* begin, std::uint32_t size, Trajectory& record) {
          const char given = (size == 1 ? begin : kNothing)[0];
          const bool good = column.letters[static_cast<unsigned char>(given)];
          place(record) = good ? given : char{0};
          return good | ((size == 0) & mayBeEmpty);
        },
        [&](std::uint32_t, std::string_view cell, Trajectory& record) {
          if (cell.size() != 1 || !column.letters[static_cast<unsigned char>(cell[0])]) return false;
          place(record) = cell[0];
          return true;
        });
  };
  switch (column.field) {
    case bsn:
      return eachCell(
          column,
          [this](const char* begin, std::uint32_t size, Trajectory& record) {
            std::uint32_t number = 0;
            if (size != 9 || !bsnOf({begin, size}, number)) return false;
            identify(record, number, digitsPassElevenTest(begin));
            return true;
          },
          [this](std::uint32_t, std::string_view cell, Trajectory& record) {
            std::uint32_t number = 0;
            if (!bsnOf(cell, number)) {
              floats_ += looksLikeFloat(cell);
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
          column, [this](std::uint32_t, std::string_view cell, Trajectory& record) { return readBirth(record, cell); });
    case geslacht:
      return letter([](Trajectory& r) -> char& { return r.sex; });
    case postcode:
      return eachCell(column, [this](std::uint32_t row, std::string_view cell, Trajectory& record) {
        unsigned municipality = 0;
        if (isPostcode(cell)) {
          std::memcpy(record.postcode.data(), cell.data(), record.postcode.size());
        } else if (municipalityOf(cell, municipality) && circumstances_.municipalities.has(municipality)) {
          record.residence = static_cast<std::uint16_t>(municipality);
        } else {
          postcodeOdd_[row] = true;
        }
        return true;
      });
    case gemeentecode:
      return eachCell(column, [this](std::uint32_t, std::string_view cell, Trajectory& record) {
        unsigned municipality = 0;
        if (!municipalityOf(cell, municipality) || !circumstances_.municipalities.has(municipality)) return false;
        record.municipality = static_cast<std::uint16_t>(municipality);
        return true;
      });
    case datumAanvang:
      return eachCell(column, [this](std::uint32_t row, std::string_view cell, Trajectory& record) {
        std::uint32_t written = 0;
        if (!dateOf(cell, written, record.start)) return false;
        start_[row] = written;
        return true;
      });
    case datumEinde:
      return eachCell(column, [](std::uint32_t, std::string_view cell, Trajectory& record) {
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
