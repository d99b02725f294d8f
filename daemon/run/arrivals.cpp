#include "run/arrivals.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "model/delivery_name.h"
#include "run/admission.h"
#include "run/judgement.h"

namespace sluis::run {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

constexpr auto kJustWritten = 700ms;                   // still growing, for all we know
constexpr auto kTrialSettle = 2s;                      // test/: an unsigned file so long at rest is taken for whole
constexpr auto kBeforeTryingAgain = 5s;                // an admission that the machine could not do
constexpr std::chrono::seconds kLonelySignature = 1h;  // test/: its file is not coming any more
constexpr std::size_t kSignatureLimit = 64 << 10;

std::string keyOf(const std::string& provider, const Bytes& nameDigest) {
  return provider + "/" + toHex(nameDigest);
}

// For the gate: what was taken stays listed for some days (CONTRACT §3).
void keepListed(const fs::path& taken, const intake::DroppedFile& file) {
  // A name that could carry a citizen number is kept nowhere.
  if (!DeliveryName::parse(kindOf(file.name).dataFile) && couldCarryBsn(file.name)) return;
  try {
    writeFileDurably(
        taken / file.name,
        fmt::format("{} {}\n", file.size,
                    std::chrono::duration_cast<std::chrono::seconds>(file.written.time_since_epoch()).count()));
  } catch (const Error& error) {  // its text names the file as its sender did
    throw Error(error.kind(), "cannot keep the list of files taken over", error.hint());
  }
}

}  // namespace

std::set<std::string> Arrivals::look(const Installation& installation, postgres::Connection& connection,
                                     const std::vector<registry::Provider>& providers) {
  Rows rows;
  for (auto& row : delivery::arriving(connection, spool_.node()))
    if (!row.trial) rows.emplace(keyOf(row.provider, row.nameDigest), std::move(row));
  std::set<std::string> changed;
  beingTaken_.clear();
  for (const std::string& id : spool_.incoming()) {
    // Not taken back: taken over. A new file of that name waits until this one has been judged.
    std::erase_if(rows, [&](const auto& row) {
      if (row.second.id != id) return false;
      beingTaken_.insert(row.first);
      return true;
    });
    if (resume(installation, connection, id)) changed.insert(delivery::find(connection, id).value().provider);
  }
  for (const registry::Provider& provider : providers) {
    if (provider.suspended) continue;
    try {
      if (lookInto(installation, connection, provider, rows)) changed.insert(provider.code);
      if (lookIntoTest(installation, connection, provider)) changed.insert(provider.code);
    } catch (const postgres::DatabaseError&) {
      throw;
    } catch (const Error& error) {  // one provider's folder must not hold up the others
      log::error("{}: {}", provider.code, error.what());
      // Which of its files are still there is not known.
      std::erase_if(rows, [&](const auto& row) { return row.second.provider == provider.code; });
    }
  }
  // What is left belongs to files that their owner has taken back.
  for (const auto& [key, row] : rows) {
    postgres::Transaction transaction(connection);
    delivery::removeArriving(transaction, row.id);
    transaction.commit();
    changed.insert(row.provider);
  }
  return changed;
}

bool Arrivals::resume(const Installation& installation, postgres::Connection& connection, const std::string& id) {
  const Instant now = clock_.now();
  if (const auto waits = resumeAt_.find(id); waits != resumeAt_.end() && now < waits->second) return false;
  resumeAt_[id] = now + kBeforeTryingAgain;
  try {
    if (spool_.completeTake(id)) Admission(installation, spool_, clock_).admit(connection, id);
    resumeAt_.erase(id);
    return delivery::find(connection, id).has_value();
  } catch (const postgres::DatabaseError&) {
    throw;
  } catch (const Error& error) {
    log::error("{} waits in the spool: {}", id, error.what());
    return false;
  }
}

bool Arrivals::lookInto(const Installation& installation, postgres::Connection& connection,
                        const registry::Provider& provider, Rows& rows) {
  const fs::path folder = installation.folderOf(provider.code) / "inbox";
  bool changed = false;
  for (const intake::Dropped& dropped : intake::look(folder)) {
    if (beingTaken_.count(keyOf(provider.code, nameDigestOf(dropped.dataFile))) > 0) continue;
    const std::string id = keepRow(connection, provider, dropped, rows, changed);
    if (!isDue(installation, connection, provider, folder, dropped)) continue;
    take(installation, connection, provider, folder, dropped, id);
    changed = true;
  }
  return changed;
}

std::string Arrivals::keepRow(postgres::Connection& connection, const registry::Provider& provider,
                              const intake::Dropped& dropped, Rows& rows, bool& changed) {
  const Bytes digest = nameDigestOf(dropped.dataFile);
  const auto known = rows.find(keyOf(provider.code, digest));
  const auto now = clock_.now();
  const auto state = now - dropped.lastChanged() < kJustWritten ? DeliveryState::receiving : DeliveryState::waiting;
  delivery::Arriving arriving;
  arriving.provider = provider.code;
  arriving.file = safeNameOf(dropped.dataFile);
  arriving.nameDigest = digest;
  arriving.node = spool_.node();
  arriving.state = state;
  if (dropped.data) arriving.size = dropped.data->size;
  if (const auto name = DeliveryName::parse(dropped.dataFile)) {
    arriving.dataset = name->dataset;
    arriving.period = name->period.text();
  }
  arriving.firstSeen = now;
  if (known != rows.end()) {
    const delivery::Delivery row = std::move(known->second);
    rows.erase(known);
    if (row.state == state && row.size == arriving.size) return row.id;
    arriving.id = row.id;
    arriving.firstSeen = row.firstSeen;
  } else {
    arriving.id = delivery::newId(connection);
  }
  changed = true;
  postgres::Transaction transaction(connection);
  delivery::putArriving(transaction, arriving);
  transaction.commit();
  return arriving.id;
}

bool Arrivals::isDue(const Installation& installation, postgres::Connection& connection,
                     const registry::Provider& provider, const fs::path& folder, const intake::Dropped& dropped) {
  const auto rest = clock_.now() - dropped.lastChanged();
  if (rest < kJustWritten) return false;
  const bool settled = rest >= installation.config.intake.settle;
  if (dropped.data && !intake::isClosed(folder / dropped.data->name)) return false;
  const auto name = DeliveryName::parse(dropped.dataFile);
  // No signature makes a name understood, or a file smaller.
  if (!name || !installation.definitions.knows(name->dataset)) return settled;
  if (dropped.data && dropped.data->size > provider.maxFileBytes) return settled;
  if (!dropped.data || dropped.signature() == nullptr) return rest >= installation.config.intake.signatureTimeout;
  return settled || signatureFits(installation, connection, provider, folder, dropped);
}

bool Arrivals::signatureFits(const Installation& installation, postgres::Connection& connection,
                             const registry::Provider& provider, const fs::path& folder,
                             const intake::Dropped& dropped) {
  const std::string path = (folder / dropped.dataFile).string();
  const std::string state = dropped.fingerprint();
  if (const auto tried = doesNotFit_.find(path); tried != doesNotFit_.end() && tried->second == state) return false;
  bool fits = false;
  try {
    const auto sealed = spool::digestInPlace(folder / dropped.data->name);
    const auto& signature = *dropped.signature();
    if (sealed && signature.size <= kSignatureLimit) {
      Arrived arrived;
      arrived.file = dropped.dataFile;
      arrived.size = sealed->size;
      arrived.digests = sealed->digests;
      arrived.signatureFile = &signature == &*dropped.sshSignature ? SignatureFile::ssh : SignatureFile::cms;
      arrived.signature = spool::readInPlace(folder / signature.name, kSignatureLimit);
      arrived.received = clock_.now();
      fits = Judge(installation, connection).fits(provider, arrived);
    }
  } catch (const postgres::DatabaseError&) {
    throw;
  } catch (const Error&) {  // renamed or removed by its owner meanwhile
    fits = false;
  }
  if (fits)
    doesNotFit_.erase(path);
  else
    doesNotFit_[path] = state;
  return fits;
}

void Arrivals::take(const Installation& installation, postgres::Connection& connection,
                    const registry::Provider& provider, const fs::path& folder, const intake::Dropped& dropped,
                    const std::string& id) {
  const fs::path taken = installation.folderOf(provider.code) / ".taken";
  const intake::DroppedFile* signature = dropped.signature();
  if (dropped.data) keepListed(taken, *dropped.data);
  if (signature != nullptr) keepListed(taken, *signature);
  spool::Origin origin;
  origin.provider = provider.code;
  origin.folder = folder;
  if (dropped.data) origin.dataFile = dropped.data->name;
  if (signature != nullptr) origin.signatureFile = signature->name;
  origin.received = clock_.now();
  if (!spool_.take(id, origin)) return;
  // Both kinds of signature came: one counts, the other would wait for a file that never comes again.
  if (dropped.sshSignature && dropped.cmsSignature) fs::remove(folder / dropped.cmsSignature->name);
  doesNotFit_.erase((folder / dropped.dataFile).string());
  Admission(installation, spool_, clock_).admit(connection, id);
}

bool Arrivals::lookIntoTest(const Installation& installation, postgres::Connection& connection,
                            const registry::Provider& provider) {
  const fs::path folder = installation.folderOf(provider.code) / "test";
  bool changed = false;
  for (const intake::Dropped& dropped : intake::look(folder)) {
    const auto rest = clock_.now() - dropped.lastChanged();
    if (rest < kJustWritten || (dropped.data && !intake::isClosed(folder / dropped.data->name))) continue;
    const bool pair = dropped.data && dropped.signature() != nullptr;
    if (pair && rest < installation.config.intake.settle &&
        !signatureFits(installation, connection, provider, folder, dropped))
      continue;
    if (!pair && rest < (dropped.data ? std::chrono::seconds(kTrialSettle) : kLonelySignature)) continue;
    take(installation, connection, provider, folder, dropped, delivery::newId(connection));
    changed = true;
  }
  return changed;
}

}  // namespace sluis::run
