#include "run/judgement.h"

#include <algorithm>

#include <fmt/format.h>

#include "verify/judge.h"

namespace sluis::run {

namespace {

verify::SignerKind kindOfSigner(registry::SignerKind kind) {
  switch (kind) {
    case registry::SignerKind::cms:
      return verify::SignerKind::cms;
    case registry::SignerKind::portal:
      return verify::SignerKind::portal;
    case registry::SignerKind::ssh:
      break;
  }
  return verify::SignerKind::ssh;
}

std::vector<verify::RegisteredSigner> registered(postgres::Connection& connection, const std::string& provider) {
  std::vector<verify::RegisteredSigner> signers;
  for (registry::Signer& signer : registry::signers(connection, provider)) {
    signers.push_back({signer.id, kindOfSigner(signer.kind), std::move(signer.publicKey), signer.fingerprint,
                       signer.validFrom, signer.validUntil, signer.revokedAt});
  }
  return signers;
}

bool wasTakenSeriously(DeliveryState state) {
  return state == DeliveryState::queued || state == DeliveryState::held || state == DeliveryState::accepted ||
         state == DeliveryState::superseded;
}

}  // namespace

bool looksNil(std::string_view file, std::uint64_t size, BytesView begin) {
  const auto name = DeliveryName::parse(file);
  // The other formats have no header to begin with, or cannot be seen into.
  if (!name || name->extension != "csv" || size > kNilLook || begin.size() != size) return false;
  const std::string_view text = asText(begin);
  const std::size_t lineEnd = text.find_first_of("\r\n");
  return lineEnd == std::string_view::npos || text.find_first_not_of(" \t\r\n", lineEnd) == std::string_view::npos;
}

bool Judge::understands(const registry::Provider& provider, const Arrived& arrived, Judgement& judgement) const {
  judgement.name = DeliveryName::parse(arrived.file);
  if (!judgement.name) {
    judgement.refusal = Refusal{RefusalCode::NAM, {}};
  } else if (!installation_.definitions.knows(judgement.name->dataset)) {
    judgement.refusal = Refusal{RefusalCode::NAM, "De dataset in de bestandsnaam is hier niet bekend."};
  } else if (arrived.size > provider.maxFileBytes) {
    judgement.refusal =
        Refusal{RefusalCode::SIZ01, fmt::format("De grens is {} bytes voor een bestand.", provider.maxFileBytes)};
  }
  return !judgement.refusal;
}

std::optional<Refusal> Judge::signature(const registry::Provider& provider, const Arrived& arrived,
                                        Judgement& judgement) const {
  const bool ssh = arrived.signatureFile == SignatureFile::ssh;
  judgement.signatureKind = ssh ? "ssh" : "cms";
  const auto facts = installation_.worker.parseSignature(ssh ? "sshsig" : "cms", arrived.signature);
  if (!facts)
    return Refusal{RefusalCode::SIG02, ssh ? "Het bestand .sig is geen SSH-handtekening (ssh-keygen -Y sign)."
                                           : "Het bestand .p7s is geen losse CMS-handtekening (DER of PEM)."};
  judgement.signerFingerprint = verify::describeSigner(*facts);
  const auto signers = registered(connection_, provider.code);
  const auto nameSpace =
      verify::expectedNamespace(*ProviderCode::parse(provider.code), judgement.name->dataset, judgement.name->period);
  const auto signer = verify::judge(*facts, arrived.digests, nameSpace, signers, arrived.received);
  if (!signer) return signer.error();
  judgement.signer = *signer;
  for (const auto& each : signers) {
    if (each.id != *signer) continue;
    judgement.signerFingerprint = each.fingerprint;
    if (each.kind != verify::SignerKind::portal) continue;
    judgement.uploader = verify::uploaderIn(facts->nameSpace, nameSpace).value();
    return uploadByPerson(provider, arrived, *judgement.name);
  }
  return std::nullopt;
}

std::optional<Refusal> Judge::uploadByPerson(const registry::Provider& provider, const Arrived& arrived,
                                             const DeliveryName& name) const {
  const Day day = installation_.schedule.today(arrived.received);
  const auto agreements = registry::agreementsInForce(connection_, provider.code, name.dataset, day);
  // Without any agreement that is what is wrong, not the signer.
  if (agreements.empty() || std::any_of(agreements.begin(), agreements.end(), [](const registry::Agreement& each) {
        return each.upload == registry::UploadBy::person;
      }))
    return std::nullopt;
  return Refusal{RefusalCode::SIG03,
                 "Ondertekend door het portaal; in uw overeenkomst staat niet dat medewerkers daar zonder eigen "
                 "handtekening aanleveren."};
}

std::optional<Refusal> Judge::agreement(const registry::Provider& provider, const Arrived& arrived,
                                        const DeliveryName& name) const {
  const Day day = installation_.schedule.today(arrived.received);
  if (!registry::agreementsInForce(connection_, provider.code, name.dataset, day).empty()) return std::nullopt;
  return Refusal{RefusalCode::AGR01, {}};
}

std::optional<Refusal> Judge::period(const registry::Provider& provider, const Arrived& arrived,
                                     const DeliveryName& name) const {
  const Day today = installation_.schedule.today(arrived.received);
  if (!isOpen(name.period, today, provider.openPeriods))
    return Refusal{RefusalCode::PER01,
                   fmt::format("Open zijn de laatste {} afgesloten perioden van elke soort.", provider.openPeriods)};
  if (installation_.definitions.find(name.dataset, name.period) == nullptr)
    return Refusal{RefusalCode::PER01, "Voor deze periode is geen versie van de dataset beschreven."};
  return std::nullopt;
}

Refusal Judge::sentBefore(const delivery::Delivery& accepted) const {
  const auto now = delivery::acceptedOf(connection_, accepted.provider, *accepted.dataset, *accepted.period);
  std::string detail = fmt::format("Het eerdere verwerkingsbewijs is dat van aanlevering {}.", accepted.id);
  if (now && now->id != accepted.id)
    detail += fmt::format(
        " Daarna is aanlevering {} ervoor in de plaats gekomen; die blijft gelden. Wilt u terug naar de eerdere "
        "inhoud, lever haar dan aan als een nieuw bestand (met bijvoorbeeld de regels of kolommen in een andere "
        "volgorde), opnieuw ondertekend.",
        now->id);
  return Refusal{RefusalCode::DUP01, detail};
}

std::optional<Refusal> Judge::duplicate(const registry::Provider& provider, const Arrived& arrived,
                                        Judgement& judgement) const {
  const DeliveryName& name = *judgement.name;
  const BytesView digest(arrived.digests.sha256);
  const auto taken = delivery::sameBytes(connection_, digest);
  // Also one that was replaced since: who holds an old file with its signature must not turn the data back with it.
  const auto accepted = std::find_if(taken.rbegin(), taken.rend(), [&](const delivery::Delivery& same) {
    return same.state == DeliveryState::accepted && same.provider == provider.code && same.dataset == name.dataset &&
           same.period == name.period.text();
  });
  if (accepted != taken.rend()) {
    judgement.earlier = accepted->id;
    return sentBefore(*accepted);
  }
  // An empty delivery is the same bytes each month, and is held whatever its period.
  const bool nil = arrived.nil || std::any_of(taken.begin(), taken.end(), [](const delivery::Delivery& same) {
                     return wasTakenSeriously(same.state) && same.records == 0U;
                   });
  if (nil) return std::nullopt;
  for (const auto& same : taken) {
    if (!wasTakenSeriously(same.state)) continue;
    const bool ownOtherPeriod =
        same.provider == provider.code && same.dataset == name.dataset && same.period != name.period.text();
    // The portal signs for many; its signature cannot be moved from one provider to another.
    const bool othersSameSigner =
        !judgement.uploader && same.provider != provider.code && same.signerFingerprint == judgement.signerFingerprint;
    if (ownOtherPeriod || othersSameSigner) {
      judgement.earlier = same.id;
      return Refusal{RefusalCode::DUP02, {}};
    }
  }
  return std::nullopt;
}

Judgement Judge::judge(const registry::Provider& provider, const Arrived& arrived) const {
  Judgement judgement;
  if (!understands(provider, arrived, judgement)) return judgement;
  if (!arrived.hasData || arrived.signatureFile == SignatureFile::none)
    judgement.refusal =
        Refusal{RefusalCode::SIG01, arrived.hasData ? "" : "Er kwam een handtekening zonder het bestand zelf."};
  if (!judgement.refusal) judgement.refusal = signature(provider, arrived, judgement);
  if (!judgement.refusal) judgement.refusal = agreement(provider, arrived, *judgement.name);
  if (!judgement.refusal) judgement.refusal = period(provider, arrived, *judgement.name);
  if (!judgement.refusal) judgement.refusal = duplicate(provider, arrived, judgement);
  return judgement;
}

Judgement Judge::judgeTrial(const registry::Provider& provider, const Arrived& arrived) const {
  Judgement judgement;
  if (!understands(provider, arrived, judgement)) return judgement;
  if (arrived.signatureFile != SignatureFile::none) judgement.refusal = signature(provider, arrived, judgement);
  if (!judgement.refusal) judgement.refusal = agreement(provider, arrived, *judgement.name);
  if (!judgement.refusal && installation_.definitions.find(judgement.name->dataset, judgement.name->period) == nullptr)
    judgement.refusal = Refusal{RefusalCode::PER01, "Voor deze periode is geen versie van de dataset beschreven."};
  return judgement;
}

bool Judge::fits(const registry::Provider& provider, const Arrived& arrived) const {
  Judgement judgement;
  return understands(provider, arrived, judgement) && !signature(provider, arrived, judgement);
}

}  // namespace sluis::run
