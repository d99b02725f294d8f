// Municipalities merge and split: whose snapshots are a municipality's figures, and where its figures are of another
// area than before. From the code list's validity and successors; nothing of the data.
#pragma once

#include <string>
#include <vector>

#include "dataset/code_list.h"
#include "report/outcome.h"
#include "report/quarter.h"

namespace sluis::figures {

/// The one that day lies in.
report::Quarter quarterOf(Day day);

class Areas {
 public:
  /// nullptr: no list, then nothing merged or split. The list must outlive this.
  explicit Areas(const dataset::CodeList* municipalities) : list_(municipalities) {}

  /// The municipality itself, and those that merged whole into it or into one that did, in order of code. One that was
  /// divided among several belongs to none of them.
  std::vector<std::string> partsOf(const std::string& municipality) const;
  /// Every merger and split that touched it, in order of time, within these quarters.
  std::vector<report::Break> breaksOf(const std::string& municipality, report::Quarter first, report::Quarter last,
                                      report::Language language = report::Language::dutch) const;

 private:
  const dataset::CodeList* list_;
};

}  // namespace sluis::figures
