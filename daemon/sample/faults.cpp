#include "sample/faults.h"

#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "base/error.h"

namespace sluis::sample {

namespace {

using dataset::Field;
using dataset::Form;
using std::chrono::days;
using enum Severity;

/// The rules of a field by itself: left out although required, and not written as it must be.
struct OwnRules {
  Field field;
  std::string_view required;
  std::string_view content;
};
constexpr OwnRules kOwnRules[] = {
    {Field::bsn, "JH001", "JH002"},
    {Field::psn, "JH003", "JH004"},
    {Field::geboortedatum, "JH005", "JH006"},
    {Field::geslacht, "JH007", "JH008"},
    {Field::postcode, "JH009", ""},
    {Field::gemeentecode, "JH010", "JH011"},
    {Field::verwijzer, "JH012", "JH013"},
    {Field::hulpvorm, "JH014", "JH015"},
    {Field::gestartMetCrisis, "JH016", "JH017"},
    {Field::datumAanvang, "JH018", "JH019"},
    {Field::datumEinde, "", "JH020"},
    {Field::redenBeeindiging, "", "JH021"},
    {Field::tevredenheid1, "", "JH022"},
    {Field::tevredenheid2, "", "JH023"},
    {Field::zonderHulpVerder1, "", "JH024"},
    {Field::zonderHulpVerder2, "", "JH025"},
    {Field::doelrealisatie1, "", "JH026"},
    {Field::doelrealisatie2, "", "JH027"},
    {Field::informant1, "", "JH028"},
    {Field::informant2, "", "JH029"},
    {Field::perspectief, "", "JH030"},
    {Field::productcategorie, "", "JH031"},
    {Field::profiel, "", "JH032"},
    {Field::zorgvraagzwaarte, "", "JH033"},
    {Field::complexiteit, "", "JH034"},
};

/// A right record of a child of its own: ended and measured by as many people.
Record ended(Population& p, int measured) {
  const std::string_view form = p.form(p.periodFirst());
  const Interval when = p.interval(true, form);
  return p.record(p.child(when.start), form, when, measured);
}
/// Running, begun on one of those days; another child, unless one is given.
Record running(Population& p, Span days) {
  const Interval when = p.startedWithin(days);
  return p.record(p.child(when.start), p.form(p.periodFirst()), when, 0);
}
Record running(Population& p) {
  const std::string_view form = p.form(p.periodFirst());
  const Interval when = p.interval(false, form);
  return p.record(p.child(when.start), form, when, 0);
}

Day yearsBefore(Day day, int years) {
  const std::chrono::year_month_day date(day);
  return Day((date.year() - std::chrono::years(years)) / date.month() /
             std::chrono::day(std::min(28U, static_cast<unsigned>(date.day()))));
}

/// Something of the same length that is not such a value.
std::string misspelt(Population& p, Field field, std::string_view right) {
  const dataset::FieldDefinition& definition = *p.setting().definition.find(field);
  Random& random = p.random();
  std::vector<std::string> wrong;
  const std::string text(right);
  switch (definition.form) {
    case Form::bsn:
      wrong = {text.substr(0, 8) + "X", text.substr(0, 7), text.substr(0, 4) + "-" + text.substr(4, 4)};
      break;
    case Form::psn:
      wrong = {text.substr(0, 31) + "x", text.substr(0, 30)};
      break;
    case Form::birthDate:
      wrong = {text.substr(0, 4) + "1301", text.substr(0, 4) + "0132", text.substr(0, 4) + "0015", "onbekend"};
      break;
    case Form::date:
      wrong = {text.substr(0, 4) + "1301", text.substr(0, 4) + "0230", text.substr(0, 6) + "00", "onbekend"};
      break;
    case Form::municipality:
      wrong = {"GM9999", "Almere"};
      break;
    case Form::code:
      wrong = {"99", "A1", "0x"};
      break;
    case Form::letter:
      wrong = {"X", "1"};
      break;
    case Form::number:
      wrong = {"0", std::to_string(definition.max + 1), "x"};
      break;
    case Form::postcode:
      break;
  }
  std::erase_if(wrong, [&](const std::string& each) {
    return (definition.codes && definition.codes->find(each) != nullptr) ||
           (definition.form == Form::letter && definition.letters.find(each) != std::string::npos);
  });
  return wrong[random.below(static_cast<std::uint32_t>(wrong.size()))];
}

void addOwnRules(const Population& population, std::vector<Fault>& faults) {
  const auto& definition = population.setting().definition;
  for (const OwnRules& own : kOwnRules) {
    const dataset::FieldDefinition* known = definition.find(own.field);
    const Field absent = population.setting().psn ? Field::bsn : Field::psn;
    if (known == nullptr || own.field == absent) continue;
    const Field field = own.field;
    if (known->required && !own.required.empty())
      faults.push_back({{own.required, known->name, fout}, 1, [field](Population& p, std::vector<Record>& out) {
                          out.push_back(ended(p, 1));
                          out.back()[field].clear();
                          out.back().unreadable = field;
                        }});
    if (!own.content.empty())
      faults.push_back({{own.content, known->name, fout}, 1, [field](Population& p, std::vector<Record>& out) {
                          out.push_back(ended(p, 2));
                          Cell& cell = out.back()[field];
                          cell = misspelt(p, field, cell.text());
                          out.back().unreadable = field;
                        }});
  }
}

using RecordList = std::vector<Record>;

void plantUnbornInOne(Population& p, RecordList& out) {
  const auto& placeholders = p.setting().definition.placeholders();
  if (p.random().chance(500)) {
    const std::string_view form = p.form(p.periodFirst());
    const Interval when = p.interval(false, form);
    if (auto child = p.nameless(when.start, false)) {
      child->identity = bsnText(placeholders.bsnUnborn);
      out.push_back(p.record(*child, form, when, 0));
      return;
    }
  }
  out.push_back(running(p));
  out.back()[Field::geboortedatum] = placeholders.birthUnborn.front();
}

void plantBornTooLate(Population& p, RecordList& out) {
  const Interval when = p.startedWithin(p.starts());
  Child child = p.child(when.start);
  child.birth = dayText(when.start + days(p.random().between(1, 300)));
  out.push_back(p.record(child, p.form(p.periodFirst()), when, 0));
}

/// Born so that the child was `years` old at the start, to the day known.
void plantAge(Population& p, RecordList& out, int years) {
  const Interval when = p.startedWithin(p.starts());
  Child child = p.child(when.start);
  child.birth = dayText(yearsBefore(when.start, years) - days(p.random().below(300)));
  out.push_back(p.record(child, p.form(p.periodFirst()), when, 0));
}

void plantEndBeforeStart(Population& p, RecordList& out) {
  Span within = p.starts();
  within.first = std::max(within.first, p.periodFirst()) + days(1);
  Interval when = p.startedWithin(within);
  const Day least = within.first - days(1);
  when.end = when.start - days(1 + p.random().below(static_cast<std::uint32_t>((when.start - least).count())));
  out.push_back(p.record(p.child(when.start), p.form(p.periodFirst()), when, 1));
}

void plantOutsidePeriod(Population& p, RecordList& out) {
  const std::string_view form = p.form(p.periodFirst());
  const std::uint32_t kind = p.random().below(3);
  if (kind == 0 && p.choicesOf(Field::gemeentecode).valid(p.setting().municipality, p.periodLast() + days(30))) {
    const Interval when = p.startedWithin({p.periodLast() + days(1), p.periodLast() + days(30)});
    out.push_back(p.record(p.child(when.start), form, when, 0));
    return;
  }
  Interval when = p.interval(true, form);
  if (kind == 1 && p.starts().first + days(60) < p.periodFirst()) {
    when.end = p.periodFirst() - days(1 + p.random().below(20));
    when.start = *when.end - days(30);
  } else {
    // In the future of every delivery until then.
    when.end = Day(std::chrono::year(2099) / 1 / 1) + days(p.random().below(365));
  }
  out.push_back(p.record(p.child(when.start), form, when, 1));
}

void plantHalfAnEnd(Population& p, RecordList& out) {
  out.push_back(ended(p, 1));
  if (p.random().chance(500)) {
    out.back()[Field::redenBeeindiging].clear();
    return;
  }
  const std::string reason(out.back()[Field::redenBeeindiging].text());
  out.back() = running(p);
  out.back()[Field::redenBeeindiging] = reason;
}

void plantShortStay(Population& p, RecordList& out) {
  const std::string_view form = p.stay(p.periodFirst());
  Interval when = p.interval(true, form);
  const int most = p.setting().definition.threshold("JH109", "days");
  when.start = *when.end - days(p.random().between(0, most));
  out.push_back(p.record(p.child(when.start), form, when, 1));
}

void plantNobodySaidIt(Population& p, RecordList& out) {
  out.push_back(ended(p, 1));
  Record& record = out.back();
  if (p.measurements() < 2 || p.random().chance(500)) {
    record[Field::informant1].clear();
  } else {
    record[Field::informant2] = p.otherLetter(Field::informant2, record[Field::informant1].text());
  }
}

void plantLongUnborn(Population& p, RecordList& out) {
  const int most = p.setting().definition.threshold("JH120", "days");
  Interval when{p.periodLast() - days(most + 1), std::nullopt};
  when.start = std::max(when.start - days(p.random().below(100)), p.starts().first);
  const auto child = p.nameless(when.start, true);
  if (!child) throw Error(ErrorKind::usage, "there are not so many children without a number", "take fewer records");
  out.push_back(p.record(*child, p.form(p.periodFirst()), when, 0));
}

void plantOddPostcode(Population& p, RecordList& out) {
  static constexpr std::string_view kOdd[] = {"13A5AB", "0315AB", "GM9999"};
  out.push_back(running(p));
  out.back()[Field::postcode] = kOdd[p.random().below(std::size(kOdd))];
}

void plantTwice(Population& p, RecordList& out) {
  out.push_back(ended(p, 1));
  out.push_back(out.back());
}

void plantOverlap(Population& p, RecordList& out) {
  const std::string_view form = p.form(p.periodFirst());
  const Interval first = p.startedWithin({p.starts().first, p.periodLast() - days(1)});
  const Interval second = p.startedWithin({first.start + days(1), p.periodLast()});
  const Child child = p.child(first.start, second.start);
  out.push_back(p.record(child, form, first, 0));
  out.push_back(p.record(child, form, second, 0));
}

void plantTwoChildren(Population& p, RecordList& out) {
  const std::string_view form = p.form(p.periodFirst());
  // Another form of help, so that it is neither the same trajectory nor an overlap.
  std::string_view other = form;
  for (int draw = 0; draw < 1000 && other == form; ++draw) other = p.form(p.periodFirst());
  const Interval when = p.interval(false, form);
  Child child = p.child(when.start);
  child.birth = dayText(yearsBefore(when.start, 8));
  out.push_back(p.record(child, form, when, 0));
  const std::string sex = child.sex == "O" ? "" : p.otherLetter(Field::geslacht, child.sex);
  if (!sex.empty() && p.random().chance(500))
    child.sex = sex;
  else
    child.birth = dayText(yearsBefore(when.start, 9));
  out.push_back(p.record(child, other, when, 0));
}

void plantTwins(Population& p, RecordList& out) {
  const std::string_view form = p.form(p.periodFirst());
  const Interval when = p.interval(false, form);
  const auto child = p.nameless(when.start, false);
  if (!child) throw Error(ErrorKind::usage, "there are not so many children without a number", "take fewer records");
  out.push_back(p.record(*child, form, when, 0));
  out.push_back(out.back());
}

void addLapsedCode(const Population& population, std::vector<Fault>& faults, std::string_view rule, Field field,
                   Severity severity, std::string_view named) {
  // A code whose start no longer allows it.
  const auto lapsed = population.choicesOf(field).lapsedWithin(population.starts());
  if (lapsed.empty()) return;
  faults.push_back({{rule, named, severity}, 1, [lapsed, field](Population& p, RecordList& out) {
                      const auto& one = lapsed[p.random().below(static_cast<std::uint32_t>(lapsed.size()))];
                      out.push_back(running(p, one.days));
                      out.back()[field] = one.code;
                    }});
}

void addLapsedInPeriod(const Population& population, std::vector<Fault>& faults, std::string_view rule, Field field,
                       Severity severity, std::string_view named) {
  if (!population.has(field)) return;
  const auto lapsed = population.choicesOf(field).lapsedWithin({population.periodFirst(), population.periodFirst()});
  if (lapsed.empty()) return;
  faults.push_back({{rule, named, severity}, 1, [lapsed, field](Population& p, RecordList& out) {
                      out.push_back(running(p));
                      out.back()[field] = lapsed[p.random().below(static_cast<std::uint32_t>(lapsed.size()))].code;
                    }});
}

}  // namespace

std::vector<Fault> faultsFor(const Population& population) {
  const Setting& setting = population.setting();
  const dataset::Definition& definition = setting.definition;
  std::vector<Fault> faults;
  addOwnRules(population, faults);
  const auto add = [&](std::string_view code, std::string_view field, Severity severity, std::size_t rows, auto plant) {
    if (definition.hasRule(code)) faults.push_back({{code, field, severity}, rows, std::move(plant)});
  };

  if (!setting.psn)
    add("JH101", "bsn", fout, 1, [](Population& p, RecordList& out) {
      const Interval when = p.startedWithin(p.starts());
      Child child = p.child(when.start);
      child.identity = bsnText(p.numbers().spoilt(child.number));
      out.push_back(p.record(child, p.form(p.periodFirst()), when, 0));
    });
  if (!definition.placeholders().birthUnborn.empty()) add("JH102", "", fout, 1, plantUnbornInOne);
  add("JH103", "", fout, 1, plantBornTooLate);
  const int adultTo = definition.hasRule("JH117") ? definition.threshold("JH117", "to_age") : 0;
  if (definition.hasRule("JH104")) {
    const int tooOld = std::max(definition.threshold("JH104", "age"), adultTo + 1);
    add("JH104", "", fout, 1,
        [tooOld](Population& p, RecordList& out) { plantAge(p, out, tooOld + p.random().between(0, 6)); });
  }
  add("JH105", "", fout, 1, plantEndBeforeStart);
  add("JH106", "", fout, 1, plantOutsidePeriod);
  add("JH107", "", fout, 1, plantHalfAnEnd);
  if (definition.hasRule("JH108")) addLapsedCode(population, faults, "JH108", Field::verwijzer, fout, "verwijzer");
  add("JH109", "", signaal, 1, plantShortStay);
  if (population.measurements() > 0) {
    add("JH110", "", fout, 1, plantNobodySaidIt);
    add("JH112", "", signaal, 1, [](Population& p, RecordList& out) { out.push_back(ended(p, 0)); });
    add("JH113", "", signaal, 1, [](Population& p, RecordList& out) {
      const Interval when = p.startedWithin(p.starts());
      out.push_back(p.record(p.child(when.start), p.form(p.periodFirst()), when, 1));
    });
  }
  if (population.measurements() > 1)
    add("JH111", "", fout, 1, [](Population& p, RecordList& out) {
      out.push_back(ended(p, 2));
      out.back()[Field::informant2] = out.back()[Field::informant1].text();
    });
  if (definition.hasRule("JH114"))
    addLapsedInPeriod(population, faults, "JH114", Field::perspectief, fout, "perspectief");
  if (definition.hasRule("JH115"))
    addLapsedInPeriod(population, faults, "JH115", Field::productcategorie, signaal, "productcategorie");
  add("JH116", "postcode", fout, 1, plantOddPostcode);
  if (definition.hasRule("JH118"))
    addLapsedCode(population, faults, "JH118", Field::gemeentecode, fout, "gemeentecode");
  if (definition.hasRule("JH117")) {
    const int least = definition.threshold("JH117", "from_age");
    const int most =
        std::min(adultTo, definition.hasRule("JH104") ? definition.threshold("JH104", "age") - 1 : adultTo);
    add("JH117", "", signaal, 1,
        [least, most](Population& p, RecordList& out) { plantAge(p, out, p.random().between(least, most)); });
  }
  if (setting.psn && definition.hasRule("JH119")) {
    // One for each digit: two records with the same would be one child.
    constexpr std::string_view kDigits = "0123456789abcdef";
    auto next = std::make_shared<std::size_t>(0);
    add("JH119", "psn", fout, 1, [next, kDigits](Population& p, RecordList& out) {
      out.push_back(running(p));
      out.back()[Field::psn] = std::string(32, kDigits[(*next)++ % kDigits.size()]);
    });
    faults.back().most = kDigits.size();
  }
  if (!setting.psn && definition.hasRule("JH120") && !definition.placeholders().birthUnborn.empty() &&
      population.starts().first < population.periodLast() - days(definition.threshold("JH120", "days"))) {
    add("JH120", "", signaal, 1, plantLongUnborn);
    faults.back().most = 10000;
  }
  add("JH201", "", fout, 2, plantTwice);
  add("JH202", "", fout, 2, plantOverlap);
  add("JH203", "", fout, 2, plantTwoChildren);
  if (!setting.psn) add("JH207", "", signaal, 2, plantTwins);
  return faults;
}

}  // namespace sluis::sample
