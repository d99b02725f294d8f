// The children of a sample and their trajectories: right records of one period, as a youth-care provider has them.
//
// What may not be wrong is right by construction: numbers are never used twice, trajectories of one child with one form
// of help never overlap, ends fall inside the period and are spread over its days, no score is the same all along. The
// one signal that right records give is JH112, for the ended trajectories without a measurement; they are marked.
// Random like a real file, the same for the same seed; its memory does not grow.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "model/period.h"
#include "sample/choices.h"
#include "sample/identity.h"
#include "sample/record.h"

namespace sluis::sample {

struct Setting {
  const dataset::Definition& definition;
  Period period;
  std::string municipality = "GM0034";
  std::uint64_t seed = 1;
  bool psn = false;              ///< pre-pseudonyms in the place of BSNs
  std::uint32_t response = 550;  ///< per mille of the ended trajectories that were measured
  bool monotonous = false;       ///< one indicator has the same score everywhere (for JH204)
  bool closedTogether = false;   ///< every third trajectory ends on the same day (for JH205)
};

struct Interval {
  Day start;
  std::optional<Day> end;
};

struct Child {
  std::uint32_t number = 0;  ///< 0: without a BSN, or with a pre-pseudonym
  std::string identity;      ///< bsn or psn as written
  std::string birth;
  std::string sex;
  std::string postcode;
};

class Population {
 public:
  /// Error (usage) when the municipality is unknown or did not exist in that period.
  explicit Population(const Setting& setting);

  /// A child with one to three records, at most `most`.
  void addChild(std::size_t most, std::vector<Record>& records);

  // The parts of it, for records that must be wrong in one way. `measured` is how many people were asked.

  /// Ended in the period, long enough, or running.
  Interval interval(bool ended, std::string_view form);
  /// Running, and begun on one of these days.
  Interval startedWithin(Span days);
  /// Born so that the child was of an ordinary age at both starts.
  Child child(Day firstStart, Day lastStart);
  Child child(Day start) { return child(start, start); }
  /// A child without a number, not born or just not known; nullopt when there is none left that cannot be taken for
  /// another one.
  std::optional<Child> nameless(Day start, bool unborn);
  Record record(const Child& child, std::string_view form, const Interval& interval, int measured);

  std::string_view form(Day day);
  /// One with stay (JH109), or "" when the version has none.
  std::string_view stay(Day day);
  bool isStay(std::string_view form) const;
  Random& random() { return random_; }
  const Setting& setting() const { return setting_; }
  const Numbers& numbers() const { return numbers_; }
  /// The days on which trajectories start.
  Span starts() const { return {earliest_, periodLast_}; }
  Day periodFirst() const { return periodFirst_; }
  Day periodLast() const { return periodLast_; }
  const Choices& choicesOf(dataset::Field field) const;
  bool has(dataset::Field field) const { return setting_.definition.find(field) != nullptr; }
  /// How many people can be asked in this version: 0, 1 or 2.
  int measurements() const { return measurements_; }
  /// A letter of that field other than this one, "" when there is none.
  std::string otherLetter(dataset::Field field, std::string_view than) const;

 private:
  Day nextEnd();
  int duration();
  std::span<const std::uint32_t> ages() const;
  std::string birthText(Day born);
  std::string postcodeAt(std::uint32_t place) const;
  void measure(Record& record, int people, bool young);
  void score(Record& record, int indicator, int slot);
  void fillExtras(Record& record);
  std::string_view letter(dataset::Field field, std::string_view wanted) const;

  Setting setting_;
  Random random_;
  Numbers numbers_;
  Choices referrers_, forms_, reasons_, perspectives_, products_, municipalities_;
  Day periodFirst_, periodLast_, earliest_, endFirst_, unbornFirst_;
  int ageLimit_ = 18;
  int shortStay_ = 0;
  int firstStay_ = 100, lastStay_ = -1;
  int measurements_ = 0;
  std::uint64_t ends_ = 0;
  std::uint64_t psns_ = 0;
  std::uint32_t unborn_ = 0;
  std::uint32_t unknown_ = 0;
  struct Run {
    unsigned value = 0;
    unsigned length = 0;
  };
  std::array<Run, 3> runs_{};
};

/// JJJJMMDD.
std::string dayText(Day day);

}  // namespace sluis::sample
