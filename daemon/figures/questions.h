// From a question in words to an outcome that may leave this program: whose snapshots, whether it may be asked, the
// entry in the log, the figures, and the words around them — in this order.
//
// A question that is asked wrong is an Error (usage) that names what is possible. What is returned holds nothing true:
// report::Outcome is all that leaves.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/config.h"
#include "dataset/definition.h"
#include "figures/areas.h"
#include "figures/asker.h"
#include "figures/choice.h"
#include "figures/snapshots.h"
#include "figures/view_log.h"
#include "report/describe.h"
#include "report/outcome.h"
#include "report/query.h"
#include "report/vocabulary.h"

namespace sluis::figures {

/// What is read once and then only looked at; a reload makes a new one.
struct Knowledge {
  dataset::Definitions definitions;
  std::vector<config::Norm> norms;
  unsigned threads = 1;
  double confidence = 0.75;
  std::string portal;  ///< the account that asks for people

  /// Error (config) with all that is wrong.
  static std::shared_ptr<const Knowledge> load(const config::Config& config);
  Areas areas() const { return Areas(definitions.codeList("gemeenten")); }
};

/// What the chosen snapshots add to the definitions: providers, municipalities, quarters.
report::Area areaOf(const Choice& choice);
/// What is true of all of them together.
report::Circumstances circumstancesOf(const Choice& choice);

class Questions {
 public:
  Questions(Snapshots& snapshots, ViewLog& log) : snapshots_(snapshots), log_(log) {}

  /// Enters `asker` into the log. Error (usage) also when the person it asks for may not look as that viewer.
  report::Outcome answer(const Knowledge& knowledge, const report::Words& words, const Asker& asker) const;

 private:
  Snapshots& snapshots_;
  ViewLog& log_;
};

}  // namespace sluis::figures
