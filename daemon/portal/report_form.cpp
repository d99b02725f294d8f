#include "portal/report_form.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "report/numbers.h"
#include "report/texts.h"

namespace sluis::portal {

namespace {

using report::Dimension;

// What most questions are about; the others stand behind "more filters".
constexpr std::array<std::string_view, 8> kFirst = {"end-from",  "end-to",   "hulpvorm", "verwijzer",
                                                    "aanbieder", "gemeente", "meting",   "respondent"};

bool isFirst(std::string_view name) {
  return std::find(kFirst.begin(), kFirst.end(), name) != kFirst.end();
}

class Form {
 public:
  Form(web::Values& values, const Visit& visit, const ReadView& read)
      : values_(values), visit_(visit), read_(read), language_(languageOf(visit)) {}

  web::Values& field(const char* section, const std::string& name, const std::string& label) {
    web::Values& field = values_.add(section);
    field.set("NAME", name).set("LABEL", label);
    for (const Problem& problem : read_.problems)
      if (problem.field == name) {
        field.add("PROBLEM").set("PROBLEM_TEXT", textOf(visit_, problem));
        field.show("WRONG");
        break;
      }
    return field;
  }
  static void option(web::Values& field, const std::string& value, const std::string& text, bool chosen) {
    web::Values& option = field.add("OPTION");
    option.set("VALUE", value).set("TEXT", text).show("CHOSEN", chosen);
  }
  void filter(const char* section, const std::string& name, const Possible& possible) {
    web::Values& field = this->field(section, name, report::labelOfFilter(name, language_));
    const std::string chosen = read_.view.filter(name);
    option(field, "", visit_.text("report.all"), chosen.empty());
    if (isQuarterField(name)) {
      for (report::Quarter quarter = possible.last; quarter >= possible.first; --quarter.number) {
        const std::string key = report::toString(quarter);
        web::Values& one = field.add("QUARTER");
        one.set("VALUE", key).show("CHOSEN", key == chosen);
      }
      return;
    }
    for (const report::Value& value : possible.vocabulary.of(report::dimensionFrom(name).value()))
      option(field, value.key, value.label, value.key == chosen);
  }

 private:
  web::Values& values_;
  const Visit& visit_;
  const ReadView& read_;
  report::Language language_;
};

void addRows(Form& form, const ReadView& read, report::Role role, report::Language language, const Visit& visit) {
  web::Values& field = form.field("FIELD", "by", visit.text("report.rows"));
  for (const Dimension dimension : report::possibleGroupings(read.view.indicator, role)) {
    const std::string word(report::toString(dimension));
    // The rows that an address does not have to name.
    const bool isUsual = dimension == Dimension::form;
    Form::option(field, isUsual ? "" : word, std::string(report::labelOf(dimension, language)),
                 isUsual ? read.view.by.empty() : read.view.by == word);
  }
}

void addSnapshots(Form& form, const ReadView& read, const Possible& possible, report::Language language,
                  const Visit& visit) {
  if (possible.snapshots.size() < 2 && read.view.snapshot.empty()) return;
  web::Values& field = form.field("MORE", "snapshot", visit.text("report.snapshot"));
  Form::option(field, "", visit.text("report.newest"), read.view.snapshot.empty());
  for (const auto& each : possible.snapshots)
    Form::option(field, each.id, fmt::format("{} ({})", report::dayText(each.made, language), each.id),
                 each.id == read.view.snapshot);
}

}  // namespace

std::string textOf(const Visit& visit, const Problem& problem) {
  const auto part = [&](std::size_t i) {
    return i < problem.parts.size() ? std::string_view(problem.parts[i]) : std::string_view();
  };
  return visit.text(problem.key, {part(0), part(1), part(2)});
}

void fillForm(web::Values& values, const Visit& visit, const ReadView& read, const Possible& possible) {
  const report::Role role = viewerOf(visit.account()).role;
  const report::Language language = languageOf(visit);
  values.set("ACTION", fmt::format("/reports/{}", report::toString(read.view.indicator)));
  Form form(values, visit, read);
  addRows(form, read, role, language, visit);
  bool isMoreSet = !read.view.snapshot.empty();
  for (const std::string& name : filterFields(read.view.indicator, role)) {
    // A choice of one is none.
    if (name == "gemeente" && possible.vocabulary.of(Dimension::municipality).size() < 2 &&
        read.view.filter(name).empty())
      continue;
    form.filter(isFirst(name) ? "FIELD" : "MORE", name, possible);
    isMoreSet = isMoreSet || (!isFirst(name) && !read.view.filter(name).empty());
  }
  addSnapshots(form, read, possible, language, visit);
  values.show("MORE_OPEN", isMoreSet);
}

}  // namespace sluis::portal
