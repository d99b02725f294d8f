#include "run/admission.h"

#include <array>

#include "base/file.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/step.h"
#include "model/delivery_name.h"
#include "run/announce.h"
#include "run/trial.h"

namespace sluis::run {

namespace {

bool isSeenToBeNil(const spool::Spool& spool, const std::string& id, const std::string& file, std::uint64_t size) {
  std::array<std::byte, kNilLook> begin;
  const std::size_t length = readSome(spool.openData(id).get(), begin, "a delivery in the spool");
  const bool nil = looksNil(file, size, BytesView(begin).first(length));
  wipe(begin);
  return nil;
}

}  // namespace

Bytes nameDigestOf(const std::string& file) {
  const auto digest = crypto::sha256(asBytes(file));
  return {digest.begin(), digest.end()};
}

std::string safeNameOf(const std::string& file) {
  return safeFileName(file, toHex(nameDigestOf(file)));
}

Arrived arrivedIn(const spool::Spool& spool, const std::string& id, const spool::Sealed& sealed) {
  const spool::Origin origin = spool.origin(id);
  Arrived arrived;
  arrived.hasData = !origin.dataFile.empty();
  arrived.file = arrived.hasData ? origin.dataFile : kindOf(origin.signatureFile).dataFile;
  arrived.size = sealed.size;
  arrived.digests = sealed.digests;
  arrived.received = origin.received;
  arrived.signature = spool.signature(id);
  if (arrived.hasData && sealed.size <= kNilLook) arrived.nil = isSeenToBeNil(spool, id, arrived.file, sealed.size);
  if (!origin.signatureFile.empty())
    arrived.signatureFile =
        kindOf(origin.signatureFile).role == FileRole::sshSignature ? SignatureFile::ssh : SignatureFile::cms;
  return arrived;
}

void Admission::decide(postgres::Connection& connection, const std::string& id, const spool::Origin& origin) {
  const spool::Sealed sealed = spool_.seal(id);
  const Arrived arrived = arrivedIn(spool_, id, sealed);
  const registry::Provider provider = registry::provider(connection, origin.provider);
  const Judgement judgement = Judge(installation_, connection).judge(provider, arrived);
  passed("arrival.judged");

  postgres::Transaction transaction(connection);
  const Occasion occasion{clock_.now(), "sluisd"};
  delivery::Arriving arriving;
  arriving.id = id;
  arriving.provider = provider.code;
  arriving.file = safeNameOf(arrived.file);
  arriving.nameDigest = nameDigestOf(arrived.file);
  arriving.node = spool_.node();
  arriving.state = DeliveryState::waiting;
  if (judgement.name) {
    arriving.dataset = judgement.name->dataset;
    arriving.period = judgement.name->period.text();
  }
  arriving.firstSeen = origin.received;
  delivery::putArriving(transaction, arriving);
  const Bytes sha256(sealed.digests.sha256.begin(), sealed.digests.sha256.end());
  std::optional<std::int64_t> uploadedBy;
  std::optional<Instant> secondFactorAt;
  if (judgement.uploader) {
    uploadedBy = judgement.uploader->account;
    secondFactorAt = judgement.uploader->secondFactorAt;
  }
  if (!judgement.refusal) {
    delivery::queue(
        transaction, id,
        {arriving.dataset.value(), arriving.period.value(), sealed.size, sha256, judgement.signatureKind,
         judgement.signer.value(), judgement.signerFingerprint, origin.received, uploadedBy, secondFactorAt},
        occasion.at);
    Announcer(installation_).queued(transaction, delivery::find(connection, id).value(), occasion);
  } else {
    delivery::RefusalFacts facts;
    facts.size = sealed.size;
    facts.sha256 = sha256;
    if (!judgement.signatureKind.empty()) facts.signatureKind = judgement.signatureKind;
    if (!judgement.signerFingerprint.empty()) facts.signerFingerprint = judgement.signerFingerprint;
    facts.signerId = judgement.signer;
    facts.received = origin.received;
    facts.uploadedBy = uploadedBy;
    facts.secondFactorAt = secondFactorAt;
    if (judgement.refusal->code == RefusalCode::DUP01) facts.supersededBy = judgement.earlier;
    delivery::refuse(transaction, id, kindOf(judgement.refusal->code).state, *judgement.refusal, facts, occasion.at);
    Announcer(installation_).refused(transaction, delivery::find(connection, id).value(), occasion, facts.supersededBy);
  }
  passed("arrival.recorded");
  transaction.commit();
  passed("arrival.committed");
  log::info("{} {} from {}: {}", id, arriving.file, provider.code,
            judgement.refusal ? kindOf(judgement.refusal->code).text : "queued");
}

bool Admission::settleByRow(postgres::Connection& connection, const std::string& id) {
  const auto row = delivery::find(connection, id);
  if (!row || row->state == DeliveryState::receiving || row->state == DeliveryState::waiting) return false;
  if (row->state == DeliveryState::queued || row->state == DeliveryState::held)
    spool_.queue(id);  // held bytes wait there too, for a release
  else
    spool_.end(id);
  return true;
}

void Admission::admit(postgres::Connection& connection, const std::string& id) {
  const spool::Origin origin = spool_.origin(id);
  if (origin.folder.filename() == "test") {
    Trial(installation_, spool_, clock_).run(connection, id);
    return;
  }
  if (settleByRow(connection, id)) return;
  decide(connection, id, origin);
  settleByRow(connection, id);
}

void Admission::recover(postgres::Connection& connection) {
  spool_.sweep();
  for (const std::string& id : spool_.incoming()) settleByRow(connection, id);
  for (const std::string& id : spool_.queued())
    if (!settleByRow(connection, id))
      log::error("{} lies in the spool but not in the database: was an older backup put back? It is left alone", id);
}

}  // namespace sluis::run
