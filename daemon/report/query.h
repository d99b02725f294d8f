// A question as it may be asked, typed: which indicator, for whom, under which filters, by which dimension.
//
// A Query that exists is well-formed; whether its values exist and whether it is available in this detail is judged
// against a Vocabulary (check()). Never holds anything personal: it is written to the audit log as it is.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "report/dimension.h"
#include "report/language.h"
#include "report/quarter.h"

namespace sluis::report {

enum class Role {
  municipality,  ///< sees its own domain, by provider
  provider,      ///< sees its own figures, and beside them the municipality's where others contribute enough
  officer,       ///< the TTP's: sees what a municipality would be shown, of the municipality it names
};

struct Viewer {
  Role role = Role::officer;
  std::string code;  ///< "GM0034" or "P0001"; empty for the officer
};
/// "municipality:GM0034", "provider:P0001", "ttp".
std::string toString(const Viewer& viewer);
std::optional<Viewer> viewerFrom(std::string_view text);

/// Both inside; open at an end that is not given.
struct QuarterRange {
  std::optional<Quarter> from;
  std::optional<Quarter> to;
  bool isGiven() const { return from || to; }
};

struct Query {
  Indicator indicator = Indicator::satisfaction;
  Viewer viewer;
  std::map<Dimension, std::string> filters;  ///< one value each, by its key; never start or end
  QuarterRange start;
  QuarterRange end;
  Dimension by = Dimension::form;
  std::optional<std::string> snapshot;  ///< an id; the newest when not given
  Language language = Language::dutch;  ///< of the words around the figures; changes no figure

  /// How many dimensions it uses at once, grouping included; the municipality is none, a provider's own code is one.
  int dimensions() const;
};

/// What a person asked wrong, in one sentence that names what is possible.
struct QueryError {
  std::string message;
};

struct Words {
  std::string indicator;
  std::string viewer;                                        ///< empty = the officer
  std::vector<std::pair<std::string, std::string>> filters;  ///< NAME, VALUE as given
  std::string by;                                            ///< empty = hulpvorm
  std::string snapshot;                                      ///< empty = the newest
  std::string language{};                                    ///< "nl" or "en"; empty = nl
};
/// From the words of the command line or of an address. Knows names and forms, not which codes exist.
Result<Query, QueryError> queryFrom(const Words& words);
/// The same words again, filters in one fixed order: queryFrom(wordsOf(q)) is q.
Words wordsOf(const Query& query);

/// One value of a dimension.
struct Value {
  std::string key;    ///< the data's code: "02", "GM0034", "J", "2026Q1"; "onbekend" where the record says nothing
  std::string label;  ///< in the language asked for
};

/// What there is to ask for: the values of every dimension, in the order in which they are listed.
struct Vocabulary {
  std::map<Dimension, std::vector<Value>> values;

  const std::vector<Value>& of(Dimension dimension) const;
  /// nullptr when there is none with that key.
  const Value* find(Dimension dimension, std::string_view key) const;
};

/// Which dimensions this indicator can be filtered or grouped by, for this role.
std::vector<Dimension> possibleDimensions(Indicator indicator, Role role);
/// The same without the municipality: rows are never of different municipalities.
std::vector<Dimension> possibleGroupings(Indicator indicator, Role role);
/// nullopt when every value exists and every filter means something for this indicator and this role.
std::optional<QueryError> check(const Query& query, const Vocabulary& vocabulary);

}  // namespace sluis::report
