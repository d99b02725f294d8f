#include "run/trial.h"

#include "audit/audit.h"
#include "base/file.h"
#include "base/log.h"
#include "base/step.h"
#include "mail/check_text.h"
#include "mail/dispatcher.h"
#include "run/admission.h"
#include "run/content.h"
#include "run/coverage.h"
#include "run/facts.h"
#include "run/judgement.h"

namespace sluis::run {

void Trial::run(postgres::Connection& connection, const std::string& id) {
  const spool::Origin origin = spool_.origin(id);
  if (origin.dataFile.empty()) {  // a signature that came after its file had been judged without it
    spool_.end(id);
    return;
  }
  const spool::Sealed sealed = spool_.seal(id);
  const Arrived arrived = arrivedIn(spool_, id, sealed);
  const registry::Provider provider = registry::provider(connection, origin.provider);
  const Judgement judgement = Judge(installation_, connection).judgeTrial(provider, arrived);

  ContentVerdict verdict;
  verdict.refusal = judgement.refusal;
  mail::DeliveryFacts facts;
  mail::Receipt& receipt = facts.receipt;
  if (!verdict.refusal) {
    const Day received = installation_.schedule.today(origin.received);
    const auto* definition = installation_.definitions.find(judgement.name->dataset, judgement.name->period);
    verdict = examine({installation_.worker, *definition, formatOf(judgement.name->extension), judgement.name->period,
                       received, coverageOf(connection, provider.code, definition->dataset(), received),
                       sealed.digests.sha256, provider.maxRejectedRecords},
                      spool_.openData(id));
    if (!verdict.refusal && verdict.records == 0)
      verdict.refusal = Refusal{RefusalCode::DEL01, "Het bestand bevat geen records."};
    receipt.datasetVersion = definition->version();
    receipt.rules = definition->dataset() + " " + definition->version();
  }
  receipt.delivery = id;
  receipt.provider = provider.code;
  if (judgement.name) {
    receipt.dataset = judgement.name->dataset;
    receipt.period = judgement.name->period.text();
  }
  receipt.file = safeNameOf(arrived.file);
  receipt.size = sealed.size;
  receipt.sha256 = toHex(sealed.digests.sha256);
  if (!judgement.signerFingerprint.empty())
    receipt.signer =
        mail::Receipt::Signer{judgement.signatureKind == "ssh" ? "sshsig" : "cms", judgement.signerFingerprint, ""};
  receipt.received = origin.received;
  receipt.processed = clock_.now();
  receipt.verdict = toString(verdict.refusal ? kindOf(verdict.refusal->code).state : DeliveryState::accepted);
  receipt.code = verdict.refusal ? std::string(kindOf(verdict.refusal->code).text) : "";
  receipt.counts.records = verdict.records;
  receipt.counts.errors = verdict.findings.errors;
  receipt.counts.warnings = verdict.findings.warnings;
  receipt.detected = verdict.detected;
  receipt.softwareVersion = SLUIS_VERSION;
  facts.providerName = provider.name;
  if (verdict.refusal) facts.detail = verdict.refusal->detail;
  facts.findings = verdict.findings;
  facts.ruleText = dutchTextOf;

  const auto outbox = installation_.folderOf(provider.code) / "outbox";
  // The verdict last: who waits for it finds the rest there.
  if (!verdict.findings.kept.empty())
    writeFileDurably(outbox / mail::documentName(receipt.file, id, "findings.csv"),
                     mail::renderFindingsCsv(facts.findings, facts.ruleText));
  writeFileDurably(outbox / mail::documentName(receipt.file, id, "check.txt"),
                   mail::renderCheck(facts, installation_.helpdesk(), installation_.config.run.timezone));
  passed("trial.written");

  postgres::Transaction transaction(connection);
  audit::Event event{"delivery.tested", clock_.now(), id, "sluisd", "sluisd", provider.code, {}};
  event.details = {{"file", receipt.file}, {"sha256", receipt.sha256}, {"records", std::to_string(verdict.records)}};
  if (!receipt.code.empty()) event.details["code"] = receipt.code;
  audit::append(transaction, event);
  transaction.commit();
  spool_.end(id);
  log::info("{} {} from {} tested: {}", id, receipt.file, provider.code,
            receipt.code.empty() ? "good" : receipt.code.c_str());
}

}  // namespace sluis::run
