// One report: figures under the filters of its address, the form that makes the address, downloads of the same.
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "portal/page_reports.h"
#include "portal/report_form.h"
#include "portal/router.h"
#include "report/render.h"
#include "report/texts.h"

namespace sluis::portal {

namespace {

constexpr std::size_t kLargestWorkbook = 16 << 20;

std::string titleKey(report::Indicator indicator) {
  return fmt::format("report.title.{}", report::toString(indicator));
}

/// A folder of its own, gone with it: a workbook is made on disk.
class Scratch {
 public:
  Scratch() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sluis-portal-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throwErrno("cannot make a folder for a workbook");
    path_ = pattern;
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

web::Response download(const report::Outcome& outcome, std::string_view ending) {
  std::string snapshot = outcome.snapshot;
  std::replace(snapshot.begin(), snapshot.end(), ',', '_');
  web::Response response;
  response.downloadName =
      fmt::format("{}-{}{}", report::toString(outcome.query.indicator), snapshot.substr(0, 100), ending);
  if (ending == ".csv") {
    response.type = "text/csv; charset=utf-8";
    response.body = report::renderCsv(outcome);
  } else if (ending == ".svg") {
    response.type = "image/svg+xml";
    response.body = report::renderSvg(outcome);
  } else {
    response.type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    const Scratch scratch;
    report::writeXlsx(outcome, scratch.path() / "report.xlsx");
    response.body = readFile(scratch.path() / "report.xlsx", kLargestWorkbook);
  }
  return response;
}

/// Filters that could be left out, where so many together are too many.
void addWaysOut(web::Values& values, const View& view, report::Language language) {
  for (const auto& [name, value] : view.filters) {
    if (name == "gemeente") continue;
    web::Values& way = values.add("WAY_OUT");
    way.set("WAY_OUT_HREF", view.with(name, "").address());
    way.set("WAY_OUT_LABEL", report::labelOfFilter(name, language));
  }
}

/// Links to this view, as it is now and as it will be, and its downloads.
void addView(web::Values& values, const Visit& visit, const View& view, const report::Outcome& outcome) {
  View pinned = view;
  pinned.snapshot = outcome.snapshot;
  web::Values& section = values.add("VIEW");
  section.set("VIEW_LINK", visit.services.config.portal.url + view.address());
  section.set("PINNED_LINK", visit.services.config.portal.url + pinned.address());
  section.set("CSV_HREF", pinned.address(".csv"));
  section.set("XLSX_HREF", pinned.address(".xlsx"));
  section.set("SVG_HREF", pinned.address(".svg"));
  section.set("SNAPSHOT_ID", outcome.snapshot);
}

class Report {
 public:
  Report(Visit& visit, ReadView read, std::string ending)
      : visit_(visit),
        role_(viewerOf(visit.account()).role),
        language_(languageOf(visit)),
        read_(std::move(read)),
        ending_(std::move(ending)) {}

  web::Response answer() {
    auto possible = askPossible(visit_, read_.view.filter("gemeente"));
    // A municipality that has no figures is a wrong value, not the end.
    if (!possible && !read_.view.filter("gemeente").empty()) possible = askPossible(visit_, "");
    if (!possible) return noFiguresPage(visit_);
    checkView(read_, *possible, role_, language_);
    // Of a download too: what is left without the wrong filter is not what was asked for.
    if (!read_.problems.empty()) return withoutFigures(*possible, 400);
    // Its own municipality is what it sees anyway.
    std::erase_if(read_.leftOut, [&](const auto& each) {
      return each.first == "gemeente" && each.second == visit_.account().subject;
    });
    if (!read_.leftOut.empty()) return withoutFigures(*possible, 400);
    if (!read_.canonical) return visit_.redirect(read_.view.address(ending_));
    if (role_ == report::Role::officer && read_.view.filter("gemeente").empty() &&
        possible->vocabulary.of(report::Dimension::municipality).size() > 1)
      return ending_.empty() ? withoutFigures(*possible, 200) : toThePage();
    if (!isInService(*possible)) return goneSnapshotPage(visit_, newest());
    return withFigures(*possible);
  }

 private:
  View newest() const {
    View view = read_.view;
    view.snapshot.clear();
    return view;
  }
  web::Response toThePage() const { return visit_.redirect(read_.view.address()); }

  /// Several are judged by sluis-figures.
  bool isInService(const Possible& possible) const {
    const std::string& id = read_.view.snapshot;
    return id.empty() || id.find(',') != std::string::npos || possible.snapshots.size() < 1 ||
           possible.vocabulary.of(report::Dimension::municipality).size() > 1 ||
           std::any_of(possible.snapshots.begin(), possible.snapshots.end(),
                       [&](const auto& each) { return each.id == id; });
  }

  /// A link of somebody of another role: what of it this one can see.
  void showOthersLink(web::Values& values) const {
    if (read_.leftOut.empty()) return;
    std::string labels;
    for (const auto& [name, value] : read_.leftOut)
      labels += fmt::format("{}{}", labels.empty() ? "" : ", ",
                            name == "by" ? visit_.text("report.rows") : report::labelOfFilter(name, language_));
    values.add("OTHERS_LINK")
        .set("OTHERS_LINK_TEXT", visit_.text("report.others-link", {labels}))
        .set("OWN_HREF", read_.view.address(ending_));
  }

  web::Response withoutFigures(const Possible& possible, int status) const {
    web::Values values;
    values.add("PLAIN").set("HEADING", report::titleOf(read_.view.indicator, language_));
    for (const Problem& problem : read_.problems) {
      // Those of one field stand beside it.
      values.add("WRONG_ITEM").set("WRONG_TEXT", textOf(visit_, problem));
    }
    values.show("WRONG_ONES", !read_.problems.empty());
    values.show("CHOOSE", read_.problems.empty() && read_.leftOut.empty());
    showOthersLink(values);
    fillForm(values, visit_, read_, possible);
    return visit_.page("report", titleKey(read_.view.indicator), values, status);
  }

  web::Response withFigures(const Possible& possible) {
    try {
      const report::Outcome outcome = askFigures(visit_, read_.view.words());
      if (!ending_.empty()) return download(outcome, ending_);
      return page(possible, outcome);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::usage) throw;
      // Erased between the two questions, or of other municipalities than these.
      if (!read_.view.snapshot.empty()) return goneSnapshotPage(visit_, newest());
      read_.problems.push_back({"report.refused", "", {}});
      return withoutFigures(possible, 400);
    }
  }

  web::Response page(const Possible& possible, const report::Outcome& outcome) const {
    web::Values values;
    web::Values& figures = values.add("FIGURES");
    figures.set("HEADING_HTML", web::SafeHtml{report::renderHeading(outcome)});
    web::Values& body = values.add("BODY");
    body.set("BODY_HTML", web::SafeHtml{report::renderBody(outcome, "r")});
    if (!outcome.available) {
      values.show("TOO_MUCH");
      addWaysOut(values, read_.view, language_);
    }
    fillForm(values, visit_, read_, possible);
    addView(values, visit_, read_.view, outcome);
    return compressed(visit_.page("report", titleKey(read_.view.indicator), values));
  }

  Visit& visit_;
  report::Role role_;
  report::Language language_;
  ReadView read_;
  std::string ending_;
};

}  // namespace

web::Response compressed(web::Response response) {
  response.mayBeCompressed = true;
  return response;
}

web::Response noFiguresPage(Visit& visit) {
  return errorPage(visit, 404, "report.none");
}

web::Response goneSnapshotPage(Visit& visit, const View& newest) {
  web::Values values;
  values.set("NEWEST_HREF", newest.address());
  return visit.page("report-gone", "report.gone.title", values, 410);
}

web::Response orUnreachable(Visit& visit, const std::function<web::Response()>& work) {
  try {
    return work();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::system && error.kind() != ErrorKind::protocol) throw;
    return errorPage(visit, 503, "report.unreachable");
  }
}

web::Response reportPage(Visit& visit) {
  std::string name = visit.captured.at(0);
  std::string ending;
  for (const std::string_view known : {".csv", ".xlsx", ".svg"})
    if (name.ends_with(known)) {
      ending = known;
      name.resize(name.size() - known.size());
      break;
    }
  const auto indicator = report::indicatorFrom(name);
  if (!indicator) return errorPage(visit, 404, "error.not-found");
  return orUnreachable(visit, [&] {
    return Report(visit, readView(*indicator, visit.request.query, viewerOf(visit.account()).role), ending).answer();
  });
}

}  // namespace sluis::portal
