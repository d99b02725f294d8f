// A view of the figures as an address: /reports/tevredenheid?verwijzer=02&by=end. Only what was chosen stands in it, in
// one order, so that the same view has one address, and an address can be sent to somebody else: each sees its own.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "portal/figures.h"
#include "report/query.h"
#include "web/message.h"

namespace sluis::portal {

struct View {
  report::Indicator indicator = report::Indicator::satisfaction;
  std::vector<std::pair<std::string, std::string>> filters;  ///< as report::Words has them, in its order once read
  std::string by;                                            ///< empty = hulpvorm
  std::string snapshot;                                      ///< empty = the newest

  /// The filter's value; empty when it is not set.
  std::string filter(std::string_view name) const;
  /// The same view with that filter set to another value.
  View with(std::string_view name, const std::string& value) const;
  report::Words words() const;
  /// "/reports/tevredenheid?verwijzer=02"; `ending`: ".csv".
  std::string address(std::string_view ending = {}) const;
};

/// What is wrong with an address: a key of words and what is filled in.
struct Problem {
  std::string key;    ///< "report.wrong-value"
  std::string field;  ///< of the form: "verwijzer"; empty = none
  std::vector<std::string> parts;
};

struct ReadView {
  View view;  ///< of what could be read
  std::vector<Problem> problems;
  /// Of a link that somebody of another role sent: filters and rows that this one does not have, with their values.
  std::vector<std::pair<std::string, std::string>> leftOut;
  bool canonical = false;  ///< the address is view.address() already
};

/// From the query of an address. Knows names, not which values there are. Empty values are left out.
ReadView readView(report::Indicator indicator, const web::Fields& query, report::Role role);
/// Holds the values against what is possible.
void checkView(ReadView& read, const Possible& possible, report::Role role, report::Language language);

/// Filters of this indicator and role as fields of the form, in order: start-from … end-to, hulpvorm, ….
std::vector<std::string> filterFields(report::Indicator indicator, report::Role role);
bool isQuarterField(std::string_view name);

/// For inside an address: as sluis::percentEncoded, with the commas of a list left legible.
std::string percentEncoded(std::string_view text);

}  // namespace sluis::portal
