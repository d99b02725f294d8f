#include "sample/population.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "base/error.h"

namespace sluis::sample {

namespace {

using dataset::Field;
using std::chrono::days;
using Weight = Choices::Weight;

constexpr Weight kReferrers[] = {{"01", 38}, {"02", 24}, {"03", 6}, {"04", 9},
                                 {"05", 12}, {"06", 4},  {"07", 2}, {"08", 5}};
constexpr Weight kForms[] = {{"01", 14}, {"02", 42}, {"03", 9}, {"04", 12}, {"11", 9}, {"12", 5}, {"13", 2}, {"14", 7}};
constexpr Weight kReasons[] = {{"01", 62}, {"02", 14}, {"03", 9}, {"04", 4}, {"05", 11}};
constexpr Weight kPerspectives[] = {{"01", 8}, {"02", 20}, {"03", 40}, {"04", 32}};
constexpr Weight kProducts[] = {{"40", 6}, {"41", 8}, {"43", 6}, {"44", 8}, {"45", 45},
                                {"46", 4}, {"47", 3}, {"48", 4}, {"50", 10}};

/// Of the start: 0 to 17 years.
constexpr std::uint32_t kAges[] = {2, 2, 3, 4, 6, 7, 8, 9, 10, 10, 10, 10, 9, 9, 9, 8, 7, 5};
constexpr std::uint32_t kMarks[] = {1, 1, 1, 3, 5, 9, 25, 34, 16, 5};  // 1 to 10: 7.4 on average
constexpr std::uint32_t kGoOn[] = {9, 24, 45, 22};
constexpr std::uint32_t kGoals[] = {48, 33, 13, 6};

/// Upper bounds of a duration in days, and how many of 100 end in each class.
constexpr int kDurations[] = {2, 30, 90, 180, 365, 900};
constexpr std::uint32_t kDurationShares[] = {10, 25, 30, 22, 13};
constexpr int kLongestDuration = 900;

constexpr std::string_view kPostcodeLetters = "ABCDEGHJKLMNPRTVWXZ";
constexpr std::uint32_t kPairs = kPostcodeLetters.size() * kPostcodeLetters.size();
constexpr std::uint32_t kPostcodes = 80 * kPairs;  // 1300AA to 1379ZZ, Almere
constexpr std::uint32_t kPostcodeStep = 17077;
constexpr std::uint32_t kBirthDays = 28;  // days that every month has

struct Indicator {
  Field scores[2];
};
constexpr Indicator kIndicators[] = {{{Field::tevredenheid1, Field::tevredenheid2}},
                                     {{Field::zonderHulpVerder1, Field::zonderHulpVerder2}},
                                     {{Field::doelrealisatie1, Field::doelrealisatie2}}};
constexpr Field kInformants[] = {Field::informant1, Field::informant2};
constexpr std::uint32_t kScored[] = {960, 900, 850};  // per mille of the measurements
constexpr unsigned kLongestRun = 4;

constexpr BrokenRule kUnmeasured{"JH112", "", Severity::signaal};

Day yearsBefore(Day day, int years) {
  const std::chrono::year_month_day date(day);
  const auto earlier = date - std::chrono::years(years);
  return earlier.ok() ? Day(earlier) : Day(earlier.year() / earlier.month() / std::chrono::last);
}

}  // namespace

std::string dayText(Day day) {
  const std::chrono::year_month_day date(day);
  return fmt::format("{:04}{:02}{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

Population::Population(const Setting& setting)
    : setting_(setting),
      random_(mix(setting.seed)),
      numbers_(setting.seed, setting.definition.placeholders()),
      referrers_(setting.definition.find(Field::verwijzer), kReferrers),
      forms_(setting.definition.find(Field::hulpvorm), kForms),
      reasons_(setting.definition.find(Field::redenBeeindiging), kReasons),
      perspectives_(setting.definition.find(Field::perspectief), kPerspectives),
      products_(setting.definition.find(Field::productcategorie), kProducts),
      municipalities_(setting.definition.find(Field::gemeentecode), {}),
      periodFirst_(setting.period.first()),
      periodLast_(setting.period.last()) {
  const dataset::Definition& definition = setting.definition;
  if (definition.hasRule("JH104")) ageLimit_ = std::min(ageLimit_, definition.threshold("JH104", "age"));
  if (definition.hasRule("JH117")) ageLimit_ = std::min(ageLimit_, definition.threshold("JH117", "from_age"));
  if (definition.hasRule("JH109")) {
    shortStay_ = definition.threshold("JH109", "days");
    firstStay_ = definition.threshold("JH109", "first_form");
    lastStay_ = definition.threshold("JH109", "last_form");
  }
  for (int slot = 0; slot < 2; ++slot) {
    const bool scores = std::any_of(std::begin(kIndicators), std::end(kIndicators),
                                    [&](const Indicator& each) { return has(each.scores[slot]); });
    if (measurements_ == slot && has(kInformants[slot]) && scores) ++measurements_;
  }

  const dataset::FieldDefinition* field = definition.find(Field::gemeentecode);
  const dataset::Code* code = field != nullptr ? field->codes->find(setting.municipality) : nullptr;
  if (code == nullptr)
    throw Error(ErrorKind::usage, fmt::format("there is no municipality \"{}\" in the list", setting.municipality),
                "write it as GM0034");
  earliest_ = periodLast_;
  while (earliest_ > periodFirst_ - days(kLongestDuration) && code->covers(earliest_)) earliest_ -= days(1);
  if (!code->covers(earliest_)) earliest_ += days(1);
  const int unborn = definition.hasRule("JH120") ? definition.threshold("JH120", "days") : 270;
  unbornFirst_ = std::max({periodFirst_, earliest_, periodLast_ - days(unborn)});
  endFirst_ = std::max(periodFirst_, earliest_ + days(shortStay_ + 1));
  if (periodLast_ - endFirst_ < days(20))
    throw Error(ErrorKind::usage,
                fmt::format("{} was no municipality all through {}", setting.municipality, setting.period.text()));
}

const Choices& Population::choicesOf(Field field) const {
  switch (field) {
    case Field::verwijzer:
      return referrers_;
    case Field::redenBeeindiging:
      return reasons_;
    case Field::perspectief:
      return perspectives_;
    case Field::productcategorie:
      return products_;
    case Field::gemeentecode:
      return municipalities_;
    default:
      return forms_;
  }
}

std::string_view Population::form(Day day) {
  return forms_.pick(random_, day);
}

bool Population::isStay(std::string_view form) const {
  const int number = form.empty() ? -1 : std::stoi(std::string(form));
  return number >= firstStay_ && number <= lastStay_;
}

std::string_view Population::stay(Day day) {
  for (int draw = 0; draw < 200; ++draw)
    if (const std::string_view form = forms_.pick(random_, day); isStay(form)) return form;
  return {};
}

// In steps of about 0.618 of the period: any few ends in a row lie on as many days, and no day gets more than its
// share.
Day Population::nextEnd() {
  const auto count = static_cast<std::uint64_t>((periodLast_ - endFirst_).count() + 1);
  std::uint64_t step = count * 618 / 1000;
  while (std::gcd(step, count) != 1) ++step;
  const std::uint64_t at = ends_++;
  if (setting_.closedTogether && at % 5 < 2) return periodLast_;
  Day end = endFirst_ + days((mix(setting_.seed) + at * step) % count);
  // Offices are closed at weekends.
  const unsigned weekday = std::chrono::weekday(end).iso_encoding();
  if (weekday > 5 && end - days(weekday - 5) >= endFirst_) end -= days(weekday - 5);
  return end;
}

int Population::duration() {
  const std::size_t which = random_.pick(kDurationShares);
  return random_.between(kDurations[which], kDurations[which + 1]);
}

Interval Population::interval(bool ended, std::string_view form) {
  if (ended) {
    const Day end = nextEnd();
    Day start = std::max(end - days(duration()), earliest_);
    if (isStay(form)) start = std::min(start, end - days(shortStay_ + 1));
    return {start, end};
  }
  if (random_.chance(250)) return startedWithin({std::max(periodFirst_, earliest_), periodLast_});
  return {std::max(periodFirst_ - days(duration()), earliest_), std::nullopt};
}

Interval Population::startedWithin(Span within) {
  const auto count = static_cast<std::uint32_t>((within.last - within.first).count() + 1);
  return {within.first + days(random_.below(count)), std::nullopt};
}

std::string_view Population::letter(Field field, std::string_view wanted) const {
  const dataset::FieldDefinition* definition = setting_.definition.find(field);
  if (definition == nullptr) return {};
  const std::string& letters = definition->letters;
  const std::size_t at = letters.find(wanted);
  return std::string_view(letters).substr(at == std::string::npos ? 0 : at, 1);
}

std::string Population::otherLetter(Field field, std::string_view than) const {
  const dataset::FieldDefinition* definition = setting_.definition.find(field);
  if (definition == nullptr) return {};
  for (const char each : definition->letters)
    if (std::string_view(&each, 1) != than && each != 'O') return std::string(1, each);
  for (const char each : definition->letters)
    if (std::string_view(&each, 1) != than) return std::string(1, each);
  return {};
}

std::string Population::birthText(Day born) {
  std::string text = dayText(born);
  const std::uint32_t known = random_.below(1000);
  if (known < 5)
    text.replace(4, 4, "0000");
  else if (known < 15)
    text.replace(6, 2, "00");
  return text;
}

std::string Population::postcodeAt(std::uint32_t place) const {
  const std::uint32_t pair = place % kPairs;
  return fmt::format("{}{}{}", 1300 + place / kPairs, kPostcodeLetters[pair / kPostcodeLetters.size()],
                     kPostcodeLetters[pair % kPostcodeLetters.size()]);
}

std::span<const std::uint32_t> Population::ages() const {
  return std::span(kAges).first(static_cast<std::size_t>(std::clamp<int>(ageLimit_, 1, std::size(kAges))));
}

Child Population::child(Day firstStart, Day lastStart) {
  Child child;
  if (setting_.psn) {
    child.identity = psnText(setting_.seed, psns_++);
  } else {
    child.number = numbers_.next();
    child.identity = bsnText(child.number);
  }
  Day born = yearsBefore(lastStart, static_cast<int>(random_.pick(ages()))) - days(random_.below(364));
  if (born > firstStart) born = firstStart - days(random_.below(200));
  child.birth = birthText(born);
  const std::uint32_t sex = random_.below(1000);
  child.sex = letter(Field::geslacht, sex < 540 ? "M" : sex < 990 ? "V" : "O");
  child.postcode = random_.chance(15) ? setting_.municipality : postcodeAt(random_.below(kPostcodes));
  return child;
}

std::optional<Child> Population::nameless(Day start, bool unborn) {
  const dataset::Placeholders& placeholders = setting_.definition.placeholders();
  if (setting_.psn || (unborn && placeholders.birthUnborn.empty())) return std::nullopt;
  // A postcode of its own, then a day of birth of its own, keep it from being taken for another (JH207).
  std::uint32_t& count = unborn ? unborn_ : unknown_;
  if (count >= (unborn ? 1 : kBirthDays) * kPostcodes) return std::nullopt;
  const std::uint64_t walked = mix(setting_.seed) % kPostcodes + std::uint64_t{count} * kPostcodeStep;
  const auto place = static_cast<std::uint32_t>(walked % kPostcodes);
  const std::uint32_t round = count++ / kPostcodes;
  Child child;
  child.identity = bsnText(unborn ? placeholders.bsnUnborn : placeholders.bsnUnknown);
  child.postcode = postcodeAt(place);
  if (unborn) {
    child.birth = placeholders.birthUnborn[random_.below(static_cast<std::uint32_t>(placeholders.birthUnborn.size()))];
    child.sex = letter(Field::geslacht, "O");
    return child;
  }
  const Day about = yearsBefore(start, static_cast<int>(random_.pick(ages()))) - days(31 + random_.below(300));
  const std::chrono::year_month_day date(about);
  child.birth = dayText(date.year() / date.month() /
                        std::chrono::day(1 + static_cast<unsigned>((mix(place) + round) % kBirthDays)));
  child.sex = letter(Field::geslacht, random_.chance(500) ? "M" : "V");
  return child;
}

Record Population::record(const Child& child, std::string_view form, const Interval& interval, int measured) {
  Record record;
  record[setting_.psn ? Field::psn : Field::bsn] = child.identity;
  record[Field::geboortedatum] = child.birth;
  record[Field::geslacht] = child.sex;
  record[Field::postcode] = child.postcode;
  record[Field::gemeentecode] = setting_.municipality;
  record[Field::verwijzer] = referrers_.pick(random_, interval.start);
  record[Field::hulpvorm] = form;
  record[Field::datumAanvang] = dayText(interval.start);
  if (interval.end) {
    record[Field::datumEinde] = dayText(*interval.end);
    record[Field::redenBeeindiging] = reasons_.pick(random_, *interval.end);
  }
  if (has(Field::gestartMetCrisis))
    record[Field::gestartMetCrisis] = letter(Field::gestartMetCrisis, random_.chance(60) ? "J" : "N");
  const int yearOfBirth = std::atoi(child.birth.substr(0, 4).c_str());
  const int yearOfStart = static_cast<int>(std::chrono::year_month_day(interval.start).year());
  measure(record, std::min(measured, measurements_), yearOfStart - yearOfBirth < 12);
  fillExtras(record);
  return record;
}

void Population::measure(Record& record, int people, bool young) {
  if (people == 0) return;
  // Younger children's parents answer for them.
  const bool youthFirst = people == 2 ? random_.chance(900) : random_.chance(young ? 150 : 720);
  for (int slot = 0; slot < people; ++slot) {
    record[kInformants[slot]] = letter(kInformants[slot], (slot == 0) == youthFirst ? "J" : "O");
    bool scored = false;
    for (int indicator = 0; indicator < 3; ++indicator) {
      if (!has(kIndicators[indicator].scores[slot]) || !random_.chance(kScored[indicator])) continue;
      score(record, indicator, slot);
      scored = true;
    }
    for (int indicator = 0; indicator < 3 && !scored; ++indicator)
      if (has(kIndicators[indicator].scores[slot])) {
        score(record, indicator, slot);
        scored = true;
      }
  }
}

void Population::score(Record& record, int indicator, int slot) {
  const Field field = kIndicators[indicator].scores[slot];
  const dataset::FieldDefinition& definition = *setting_.definition.find(field);
  const std::span<const std::uint32_t> weights = indicator == 0   ? std::span<const std::uint32_t>(kMarks)
                                                 : indicator == 1 ? std::span<const std::uint32_t>(kGoOn)
                                                                  : std::span<const std::uint32_t>(kGoals);
  unsigned value = static_cast<unsigned>(random_.pick(weights)) + 1;
  value = std::clamp(value, definition.min, definition.max);
  Run& run = runs_[static_cast<std::size_t>(indicator)];
  if (setting_.monotonous && indicator == 2) {
    value = std::clamp(2U, definition.min, definition.max);
  } else if (value == run.value && run.length >= kLongestRun && definition.min < definition.max) {
    value = value == definition.max ? value - 1 : value + 1;
  }
  run.length = value == run.value ? run.length + 1 : 1;
  run.value = value;
  record[field] = fmt::format_int(value).str();
}

void Population::fillExtras(Record& record) {
  const dataset::Definition& definition = setting_.definition;
  for (const Field field :
       {Field::perspectief, Field::productcategorie, Field::profiel, Field::zorgvraagzwaarte, Field::complexiteit}) {
    const dataset::FieldDefinition* known = definition.find(field);
    if (known == nullptr || (!known->required && !random_.chance(700))) continue;
    if (known->form == dataset::Form::code)
      record[field] = choicesOf(field).pick(random_, periodFirst_);
    else
      record[field] = fmt::format_int(known->min + random_.below(known->max - known->min + 1)).str();
  }
}

void Population::addChild(std::size_t most, std::vector<Record>& records) {
  const std::uint32_t kind = random_.below(1000);
  if (kind < 13 && !setting_.psn) {
    const bool unborn = kind < 4;
    const std::string_view help = form(periodFirst_);
    const Interval when = unborn ? startedWithin({unbornFirst_, periodLast_}) : interval(random_.chance(500), help);
    if (const auto without = nameless(when.start, unborn)) {
      records.push_back(record(*without, help, when, 0));
      if (when.end && setting_.definition.hasRule("JH112")) records.back().broken = kUnmeasured;
      return;
    }
  }

  constexpr std::uint32_t kTrajectories[] = {72, 21, 7};
  const std::size_t wanted = std::min<std::size_t>(random_.pick(kTrajectories) + 1, most);
  struct Planned {
    std::string_view form;
    Interval when;
  };
  std::array<Planned, 3> planned{};
  std::size_t count = 0;
  for (std::size_t i = 0; i < wanted; ++i) {
    const Planned* before = i == 1 ? &planned.front() : nullptr;
    if (before != nullptr && before->when.end && *before->when.end < periodLast_ && random_.chance(300)) {
      // More of the same help after a pause; still running, so that nothing of that form can follow it.
      planned[count++] = {before->form, startedWithin({*before->when.end + days(1), periodLast_})};
      continue;
    }
    const std::string_view help = form(periodFirst_);
    const bool taken = std::any_of(planned.begin(), planned.begin() + static_cast<std::ptrdiff_t>(count),
                                   [&](const Planned& other) { return other.form == help; });
    if (!taken) planned[count++] = {help, interval(random_.chance(650), help)};
  }
  Day firstStart = planned.front().when.start;
  Day lastStart = firstStart;
  for (std::size_t i = 1; i < count; ++i) {
    firstStart = std::min(firstStart, planned[i].when.start);
    lastStart = std::max(lastStart, planned[i].when.start);
  }
  const Child who = child(firstStart, lastStart);
  for (std::size_t i = 0; i < count; ++i) {
    const bool ended = planned[i].when.end.has_value();
    const bool measured = ended && random_.chance(setting_.response);
    records.push_back(record(who, planned[i].form, planned[i].when, measured ? (random_.chance(300) ? 2 : 1) : 0));
    if (ended && !(measured && measurements_ > 0) && setting_.definition.hasRule("JH112"))
      records.back().broken = kUnmeasured;
  }
}

}  // namespace sluis::sample
