// Deliveries of a few records for the tests of validate/: one right record, changed where a test wants it wrong.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "dataset/definition.h"
#include "validate/validator.h"

namespace sluis::validate {

using Record = std::map<std::string, std::string>;

inline const std::vector<std::string> kColumns = {"bsn",
                                                  "geboortedatum",
                                                  "geslacht",
                                                  "postcode",
                                                  "gemeentecode",
                                                  "verwijzer",
                                                  "hulpvorm",
                                                  "gestart_met_crisis",
                                                  "datum_aanvang",
                                                  "datum_einde",
                                                  "reden_beeindiging",
                                                  "tevredenheid_1",
                                                  "tevredenheid_2",
                                                  "zonder_hulp_verder_1",
                                                  "zonder_hulp_verder_2",
                                                  "doelrealisatie_1",
                                                  "doelrealisatie_2",
                                                  "informant_1",
                                                  "informant_2",
                                                  "perspectief",
                                                  "productcategorie",
                                                  "profiel",
                                                  "zorgvraagzwaarte",
                                                  "complexiteit"};

/// A record without any finding in 2026H1, with `changes` made.
inline Record right(const Record& changes = {}) {
  Record record = {{"bsn", "111222333"},        {"geboortedatum", "20140512"}, {"geslacht", "M"},
                   {"postcode", "1315AB"},      {"gemeentecode", "GM0034"},    {"verwijzer", "01"},
                   {"hulpvorm", "02"},          {"gestart_met_crisis", "N"},   {"datum_aanvang", "20260115"},
                   {"datum_einde", "20260420"}, {"reden_beeindiging", "01"},   {"tevredenheid_1", "8"},
                   {"informant_1", "J"},        {"productcategorie", "45"}};
  for (const auto& [name, value] : changes) record[name] = value;
  return record;
}

inline const dataset::Definitions& definitions() {
  static const auto loaded =
      dataset::Definitions::load(SLUIS_SOURCE_DIR "/config/datasets", SLUIS_SOURCE_DIR "/config/codelists");
  return loaded;
}

struct Judgement {
  std::vector<std::string> findings;  ///< "3 JH101 bsn"
  std::vector<Trajectory> good;
  Findings all;
  std::uint64_t wrong = 0;
  std::string refused;  ///< FMT02 at the end, and nothing else then
};

inline Day day(int y, unsigned m, unsigned d) {
  return Day(std::chrono::year(y) / std::chrono::month(m) / std::chrono::day(d));
}

inline Judgement judge(const std::vector<Record>& records, const std::vector<std::string>& columns = kColumns,
                       const Coverage& coverage = Coverage::noRegister(), std::size_t rowsInBatch = 1000,
                       const char* period = "2026H1") {
  const Period reported = *Period::parse(period);
  Validator validator(*definitions().find("jeugdhulp", reported), reported, day(2026, 7, 10), coverage);
  if (const auto bound = validator.bind(columns); !bound) throw std::logic_error(bound.error().detail);
  Judgement judgement;
  for (std::size_t first = 0; first < records.size(); first += rowsInBatch) {
    std::vector<std::uint32_t> ends;
    std::string text;
    std::uint32_t rows = 0;
    for (std::size_t row = first; row < std::min(first + rowsInBatch, records.size()); ++row, ++rows)
      for (const std::string& column : columns) {
        const auto cell = records[row].find(column);
        if (cell != records[row].end()) text += cell->second;
        ends.push_back(static_cast<std::uint32_t>(text.size()));
      }
    std::vector<Trajectory> good;
    validator.check(*plugin::CellBatch::checked(ends, text, rows, static_cast<std::uint32_t>(columns.size())), good);
    judgement.good.insert(judgement.good.end(), good.begin(), good.end());
  }
  auto finished = validator.finish();
  if (!finished) {
    judgement.refused = finished.error().detail;
    return judgement;
  }
  judgement.all = std::move(*finished);
  judgement.wrong = validator.wrongRecords();
  for (const Finding& finding : judgement.all.kept)
    judgement.findings.push_back(std::to_string(finding.row) + " " + std::string(finding.rule) +
                                 (finding.field.empty() ? "" : " " + std::string(finding.field)));
  return judgement;
}

/// The findings on one record alone.
inline std::vector<std::string> judgeOne(const Record& record) {
  return judge(std::vector<Record>{record}).findings;
}

}  // namespace sluis::validate
