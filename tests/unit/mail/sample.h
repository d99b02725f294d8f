// One delivery as the tests of mails and documents know it.
#pragma once

#include "mail/letter.h"

namespace sluis::mail {

inline Instant sampleTime(int minute = 0) {
  using namespace std::chrono;
  return Instant(sys_days(2026y / November / 22)) + hours(1) + minutes(2 + minute) + seconds(3) + microseconds(4);
}

inline LetterSettings sampleSettings() {
  return {"sluis@ttp.example",
          "Sluis – TTP Jeugd",
          {"Helpdesk TTP Jeugd", "helpdesk@ttp.example", "020 123 45 67"},
          "Europe/Amsterdam"};
}

inline std::string sampleRuleText(std::string_view rule) {
  if (rule == "JH107")
    return "reden_beeindiging ontbreekt bij een einddatum, of andersom; vul beide in of geen van beide.";
  if (rule == "JH003") return "gebruik M, V of O";
  if (rule == "JH112") return "een beëindigd traject zonder enige meting";
  return {};
}

inline DeliveryFacts acceptedDelivery() {
  DeliveryFacts facts;
  Receipt& receipt = facts.receipt;
  receipt.delivery = "D000012";
  receipt.provider = "P0001";
  receipt.dataset = "jeugdhulp";
  receipt.datasetVersion = "5.1";
  receipt.period = "2026H1";
  receipt.file = "jeugdhulp_2026H1.csv";
  receipt.size = 1502345;
  receipt.sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
  receipt.signer =
      Receipt::Signer{"sshsig", "SHA256:2dP4Ny8XgY4gRvUj1pK0bQm0fQ0i2yTt3zqN3m0Q1aE", "Ed25519-sleutel 2026"};
  receipt.received = sampleTime();
  receipt.processed = sampleTime(58);
  receipt.verdict = "accepted";
  receipt.counts = {20012, 20012, 19800, 3, 0, 4};
  receipt.run = "17";
  receipt.softwareVersion = "0.1.0";
  receipt.rules = "jeugdhulp-5.1";
  receipt.detected = "csv; UTF-8; ';'; CRLF";
  receipt.audit = Receipt::Audit{42, "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"};
  facts.providerName = "Jeugdzorg De Brug B.V.";
  facts.ruleText = sampleRuleText;
  return facts;
}

inline DeliveryFacts rejectedDelivery() {
  DeliveryFacts facts = acceptedDelivery();
  facts.receipt.delivery = "D000013";
  facts.receipt.verdict = "rejected";
  facts.receipt.code = "VAL01";
  facts.receipt.counts = {20012, 0, 0, 0, 1214, 2};
  for (const std::uint32_t row : {4u, 9u, 31u, 77u, 78u, 500u, 501u})
    facts.findings.kept.push_back({row, "reden_beeindiging", "JH107", Severity::fout});
  facts.findings.kept.insert(facts.findings.kept.begin() + 1, {5u, "geslacht", "JH003", Severity::fout});
  facts.findings.kept.push_back({600u, "", "JH112", Severity::signaal});
  facts.findings.kept.push_back({601u, "", "JH112", Severity::signaal});
  facts.findings.counts = {{"JH003", 1}, {"JH107", 1213}, {"JH112", 2}};
  facts.findings.errors = 1214;
  facts.findings.warnings = 2;
  return facts;
}

// A file whose name was not understood: next to nothing is known.
inline DeliveryFacts unnamedDelivery() {
  DeliveryFacts facts;
  facts.receipt.delivery = "D000014";
  facts.receipt.provider = "P0001";
  facts.receipt.file = "sha256:0011223344556677";
  facts.receipt.size = 812;
  facts.receipt.sha256 = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752";
  facts.receipt.received = sampleTime();
  facts.receipt.processed = sampleTime();
  facts.receipt.verdict = "rejected";
  facts.receipt.code = "NAM";
  facts.receipt.softwareVersion = "0.1.0";
  facts.providerName = "Jeugdzorg De Brug B.V.";
  return facts;
}

inline LetterRequest sampleRequest(const std::string& kind, const DeliveryFacts* delivery) {
  LetterRequest request;
  request.messageId = (delivery ? delivery->receipt.delivery : std::string("run-17")) + "." + kind + "@ttp.example";
  request.kind = kind;
  request.to = {"zorg@debrug.example"};
  request.created = sampleTime(59);
  request.delivery = delivery;
  return request;
}

inline Texts sampleTexts() {
  return Texts::load(std::filesystem::path(SLUIS_SOURCE_DIR) / "config/mail");
}

}  // namespace sluis::mail
