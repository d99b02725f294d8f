// The rules over one record (JEUGDHULP §5), each one small unit: the fields without which it cannot be judged, and when
// it is broken. What of the other fields could not be read stands in the record as nothing: a rule that looks at them
// is broken only when it would be whatever they say, which may also be nothing. Private to this room.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "dataset/field.h"
#include "model/trajectory.h"
#include "validate/coverage.h"
#include "validate/known_codes.h"

namespace sluis::validate {

using FieldSet = std::uint32_t;
template <typename... Fields>
constexpr FieldSet fields(Fields... all) {
  return ((FieldSet{1} << static_cast<unsigned>(all)) | ... | FieldSet{0});
}

/// What the rules ask beside the record: period, thresholds, lists. Days as in Trajectory.
struct Circumstances {
  DayNumber periodFirst = 0;
  DayNumber periodLast = 0;
  DayNumber received = 0;
  int tooOld = 0;
  int adultFrom = 0;
  int adultTo = 0;
  unsigned firstStay = 0;
  unsigned lastStay = 0;
  int shortStay = 0;
  int longestUnborn = 0;
  KnownCodes municipalities;
  KnownCodes referrers;
  KnownCodes perspectives;
  KnownCodes productCategories;
  Coverage coverage = Coverage::noRegister();
};

/// A record under judgement: the typed values, and the start as yyyymmdd (0 = unreadable).
struct Judged {
  const Trajectory& record;
  std::uint32_t start;
  bool postcodeOdd;     ///< neither a postcode nor a municipality's code
  FieldSet unreadable;  ///< filled in and not as it must be, or required and empty

  bool readable(FieldSet fields) const { return (unreadable & fields) == 0; }
  bool ended() const { return record.end != kNoDay; }
  bool unborn() const { return record.birth == 0 || record.identity == Identity::unborn; }
  /// yyyymmdd; an unknown month or day as early or as late as it can be.
  std::uint32_t earliestBirth() const { return known(101, 1); }
  std::uint32_t latestBirth() const { return known(1231, 31); }
  /// Whether the child was certainly at least that old at the start.
  bool atLeast(int years) const { return latestBirth() + static_cast<std::uint32_t>(years) * 10000 <= start; }

 private:
  std::uint32_t known(std::uint32_t monthAndDay, std::uint32_t day) const {
    if (record.birth % 10000 == 0) return record.birth + monthAndDay;
    return record.birth % 100 == 0 ? record.birth + day : record.birth;
  }
};

inline bool scored(const Measurement& measurement) {
  return (measurement.satisfaction | measurement.goOn | measurement.goals) != 0;
}
inline bool scored(const Trajectory& record) {
  return scored(record.measurements[0]) || scored(record.measurements[1]);
}

using enum dataset::Field;

inline constexpr FieldSet kScores1 = fields(tevredenheid1, zonderHulpVerder1, doelrealisatie1);
inline constexpr FieldSet kScores2 = fields(tevredenheid2, zonderHulpVerder2, doelrealisatie2);
inline constexpr FieldSet kScores = kScores1 | kScores2;

struct UnbornInBoth {
  static constexpr std::string_view kCode = "JH102";
  static constexpr FieldSet kFields = fields(bsn, psn, geboortedatum);
  static bool broken(const Judged& j, const Circumstances&) {
    return (j.record.identity == Identity::unborn) != (j.record.birth == 0);
  }
};
struct BornBeforeStart {
  static constexpr std::string_view kCode = "JH103";
  static constexpr FieldSet kFields = fields(geboortedatum, datumAanvang);
  static bool broken(const Judged& j, const Circumstances&) { return !j.unborn() && j.earliestBirth() > j.start; }
};
struct YoungEnough {
  static constexpr std::string_view kCode = "JH104";
  static constexpr FieldSet kFields = fields(geboortedatum, datumAanvang);
  static bool broken(const Judged& j, const Circumstances& c) { return !j.unborn() && j.atLeast(c.tooOld); }
};
struct EndAfterStart {
  static constexpr std::string_view kCode = "JH105";
  static constexpr FieldSet kFields = fields(datumAanvang, datumEinde);
  static bool broken(const Judged& j, const Circumstances&) { return j.ended() && j.record.end < j.record.start; }
};
struct WithinPeriod {
  static constexpr std::string_view kCode = "JH106";
  static constexpr FieldSet kFields = fields();  // each date by itself: the one that is unreadable is on no side
  static bool broken(const Judged& j, const Circumstances& c) {
    return j.record.start > c.periodLast || (j.ended() && (j.record.end < c.periodFirst || j.record.end > c.received));
  }
};
struct ReasonWithEnd {
  static constexpr std::string_view kCode = "JH107";
  static constexpr FieldSet kFields = fields();
  // Given, rightly or not: neither of the two can be required.
  static bool broken(const Judged& j, const Circumstances&) {
    return (j.ended() || !j.readable(fields(datumEinde))) !=
           (j.record.reason != 0 || !j.readable(fields(redenBeeindiging)));
  }
};
struct ReferrerAtStart {
  static constexpr std::string_view kCode = "JH108";
  static constexpr FieldSet kFields = fields(verwijzer, datumAanvang);
  static bool broken(const Judged& j, const Circumstances& c) {
    return !c.referrers.valid(j.record.referrer, j.record.start);
  }
};
struct LongEnoughStay {
  static constexpr std::string_view kCode = "JH109";
  static constexpr FieldSet kFields = fields(hulpvorm, datumAanvang, datumEinde);
  static bool broken(const Judged& j, const Circumstances& c) {
    return j.record.form >= c.firstStay && j.record.form <= c.lastStay && j.ended() && j.record.end >= j.record.start &&
           j.record.end - j.record.start <= c.shortStay;
  }
};
struct InformantWithScore {
  static constexpr std::string_view kCode = "JH110";
  static constexpr FieldSet kFields = fields();
  static bool broken(const Judged& j, const Circumstances&) {
    const auto& [one, two] = j.record.measurements;
    return half(j, one, kScores1, fields(informant1)) || half(j, two, kScores2, fields(informant2));
  }

 private:
  static bool half(const Judged& j, const Measurement& measurement, FieldSet scores, FieldSet informant) {
    return scored(measurement) ? measurement.informant == 0 && j.readable(informant)
                               : measurement.informant != 0 && j.readable(scores);
  }
};
struct TwoInformants {
  static constexpr std::string_view kCode = "JH111";
  static constexpr FieldSet kFields = fields();
  static bool broken(const Judged& j, const Circumstances&) {
    const auto& [one, two] = j.record.measurements;
    return one.informant != 0 && one.informant == two.informant && scored(one) && scored(two);
  }
};
struct MeasuredAtEnd {
  static constexpr std::string_view kCode = "JH112";
  static constexpr FieldSet kFields = kScores | fields(datumEinde);
  static bool broken(const Judged& j, const Circumstances&) { return j.ended() && !scored(j.record); }
};
struct NotMeasuredBefore {
  static constexpr std::string_view kCode = "JH113";
  static constexpr FieldSet kFields = fields(datumEinde);
  static bool broken(const Judged& j, const Circumstances&) { return !j.ended() && scored(j.record); }
};
struct PerspectiveInPeriod {
  static constexpr std::string_view kCode = "JH114";
  static constexpr FieldSet kFields = fields(perspectief);
  static bool broken(const Judged& j, const Circumstances& c) {
    return j.record.perspective != 0 && !c.perspectives.valid(j.record.perspective, c.periodFirst);
  }
};
struct ProductInPeriod {
  static constexpr std::string_view kCode = "JH115";
  static constexpr FieldSet kFields = fields(productcategorie);
  static bool broken(const Judged& j, const Circumstances& c) {
    return j.record.productCategory != 0 && !c.productCategories.valid(j.record.productCategory, c.periodFirst);
  }
};
struct NotAdult {
  static constexpr std::string_view kCode = "JH117";
  static constexpr FieldSet kFields = fields(geboortedatum, datumAanvang);
  static bool broken(const Judged& j, const Circumstances& c) {
    return !j.unborn() && j.atLeast(c.adultFrom) && !j.atLeast(c.adultTo + 1);
  }
};
struct MunicipalityAtStart {
  static constexpr std::string_view kCode = "JH118";
  static constexpr FieldSet kFields = fields(gemeentecode, datumAanvang);
  static bool broken(const Judged& j, const Circumstances& c) {
    return !c.municipalities.valid(j.record.municipality, j.record.start);
  }
};
struct PsnOfAChild {
  static constexpr std::string_view kCode = "JH119";
  static constexpr FieldSet kFields = fields(bsn, psn);
  // One digit 32 times, such as all zeros, is what a program fills in that has no number to work with.
  static bool broken(const Judged& j, const Circumstances&) {
    if (j.record.identity != Identity::psn) return false;
    const std::byte first = j.record.psn[0];
    return (first & std::byte{15}) == first >> 4 &&
           std::all_of(j.record.psn.begin(), j.record.psn.end(), [&](std::byte each) { return each == first; });
  }
};
struct BornByNow {
  static constexpr std::string_view kCode = "JH120";
  static constexpr FieldSet kFields = fields(bsn, psn, geboortedatum, datumAanvang, datumEinde);
  static bool broken(const Judged& j, const Circumstances& c) {
    if (j.record.identity != Identity::unborn || j.record.birth != 0) return false;
    const DayNumber last = j.ended() ? j.record.end : std::min(c.periodLast, c.received);
    return last - j.record.start > c.longestUnborn;
  }
};
struct PostcodeAtStart {
  static constexpr std::string_view kCode = "JH116";
  static constexpr FieldSet kFields = fields(postcode);
  static bool broken(const Judged& j, const Circumstances& c) {
    if (j.postcodeOdd) return true;
    if (j.record.residence == 0) return false;
    // Without a readable start it is enough that there ever was such a municipality.
    return j.start == 0 ? !c.municipalities.has(j.record.residence)
                        : !c.municipalities.valid(j.record.residence, j.record.start);
  }
};
struct MunicipalityCovered {
  static constexpr std::string_view kCode = "JH401";
  static constexpr FieldSet kFields = fields(gemeentecode);
  static bool broken(const Judged& j, const Circumstances& c) { return !c.coverage.covers(j.record.municipality); }
};

}  // namespace sluis::validate
