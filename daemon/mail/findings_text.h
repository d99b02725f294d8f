// A delivery's findings for people: findings.csv, and the grouped summary of mails and check.txt.
//
// Neither ever holds a delivered value: row numbers, field names, rule codes and the rules' own texts only.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "model/finding.h"

namespace sluis::mail {

/// The rule's Dutch one-line text ("reden_beeindiging ontbreekt bij een einddatum"); empty when unknown.
using RuleText = std::function<std::string(std::string_view rule)>;

/// rij;veld;regel;ernst;tekst with a UTF-8 byte order mark and CRLF: opens right in a Dutch Excel. No cell is one that
/// a spreadsheet would run as a formula. What concerns the whole file (row 0) has an empty `rij`. A last line says how
/// many findings are not listed, when there are such.
std::string renderFindingsCsv(const Findings& findings, const RuleText& textOf);

/// One line a rule, errors first: "JH107 · 12 records · reden_beeindiging ontbreekt bij … · rijen 4, 9, 31, …", each
/// ending in '\n'; "hele bestand" in the place of records and rows for what concerns it all (row 0); signals are marked
/// "(signaal)". Empty without findings.
std::string summarise(const Findings& findings, const RuleText& textOf);

}  // namespace sluis::mail
