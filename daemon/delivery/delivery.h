// Deliveries as rows: what state each is in and why. Each query of schema `intake` lives here, in this room's files:
// delivery.h (one delivery's way), findings.h, runs.h.
//
// A row never holds a value out of a delivery: the file name is made safe, the rest is counts, codes and digests. Each
// change checks the state it starts from: a step that finds another state changes nothing and says so.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/encoding.h"
#include "base/time.h"
#include "model/refusal.h"
#include "postgres/connection.h"

namespace sluis::delivery {

struct Delivery {
  std::string id{};         ///< "D000123"
  std::int64_t number = 0;  ///< 123: as care knows it
  std::string provider{};
  std::string file{};  ///< made safe (safeFileName)
  Bytes nameDigest{};  ///< SHA-256 of the name as sent
  std::optional<std::string> dataset{};
  std::optional<std::string> period{};
  DeliveryState state = DeliveryState::receiving;
  std::optional<std::string> code{};    ///< of a refusal: "SIG02"
  std::optional<std::string> detail{};  ///< a Dutch sentence, without delivered values
  std::string node{};                   ///< whose drop folder and spool hold the bytes
  bool trial = false;                   ///< put into test/
  std::optional<std::uint64_t> size{};
  std::optional<Bytes> sha256{};
  std::optional<std::string> signatureKind{};  ///< "ssh" or "cms"
  std::optional<std::int64_t> signerId{};
  std::optional<std::string> signerFingerprint{};
  std::optional<std::int64_t> uploadedBy{};  ///< the account whose person uploaded it in the portal
  std::optional<Instant> secondFactorAt{};   ///< when that person had last shown the second factor
  Instant firstSeen{};
  std::optional<Instant> received{};  ///< when its last byte had come
  std::optional<Instant> queuedAt{};
  std::optional<Instant> processed{};  ///< when it reached its end state
  std::optional<std::int64_t> run{};
  std::optional<std::uint64_t> records{};
  std::optional<std::uint64_t> wrongRecords{};
  std::optional<std::uint64_t> loaded{};
  std::optional<std::uint64_t> replaced{};  ///< earlier records that came again
  std::optional<std::uint64_t> deleted{};   ///< earlier records that are absent now
  std::optional<std::uint64_t> errors{};
  std::optional<std::uint64_t> warnings{};
  std::optional<std::string> detected{};  ///< what the reader saw: "csv; …"
  std::optional<std::string> replaces{};  ///< the accepted delivery that this one replaced
  std::optional<std::string> supersededBy{};
  int holds = 0;                                    ///< how often it was held
  std::optional<std::uint64_t> confirmedDeleted{};  ///< released: so many earlier records may vanish
};

/// The other way round: toString(DeliveryState) is in model/refusal.h.
std::optional<DeliveryState> stateFrom(std::string_view text);

/// "D" and at least six digits.
std::string idOf(std::int64_t number);
/// The next id. Ids of rolled back transactions are lost, never given twice.
std::string newId(postgres::Connection& connection);

// What is still in the drop folder: receiving and waiting.

struct Arriving {
  std::string id{};
  std::string provider{};
  std::string file{};
  Bytes nameDigest{};
  std::string node{};
  bool trial = false;
  DeliveryState state = DeliveryState::receiving;  ///< or waiting
  std::optional<std::string> dataset{};
  std::optional<std::string> period{};
  std::optional<std::uint64_t> size{};
  Instant firstSeen{};
};
/// Inserts the row or brings it up to date. Error(database) when that delivery is beyond waiting.
void putArriving(postgres::Transaction& transaction, const Arriving& arriving);
/// The provider took the file back. false when it is beyond waiting, or gone.
bool removeArriving(postgres::Transaction& transaction, std::string_view id);
/// Of this node, oldest first: what a restart compares with the folders.
std::vector<Delivery> arriving(postgres::Connection& connection, std::string_view node);

// On arrival: verified, or not.

struct Verified {
  std::string dataset{};
  std::string period{};
  std::uint64_t size = 0;
  Bytes sha256{};
  std::string signatureKind{};
  std::int64_t signerId = 0;
  std::string signerFingerprint{};
  Instant received{};
  std::optional<std::int64_t> uploadedBy{};  ///< both or neither
  std::optional<Instant> secondFactorAt{};
};
/// waiting (or receiving) → queued. false when it is elsewhere: then nothing changed.
bool queue(postgres::Transaction& transaction, std::string_view id, const Verified& verified, Instant at);

/// What is known of a delivery by the time it is refused; what stays empty is left as it stands.
struct RefusalFacts {
  std::optional<std::uint64_t> size{};
  std::optional<Bytes> sha256{};
  std::optional<std::string> signatureKind{};
  std::optional<std::int64_t> signerId{};
  std::optional<std::string> signerFingerprint{};
  std::optional<Instant> received{};
  std::optional<std::string> supersededBy{};  ///< DUP01: the earlier one
  std::optional<std::int64_t> uploadedBy{};   ///< both or neither
  std::optional<Instant> secondFactorAt{};
};
/// receiving or waiting → `state` (rejected, quarantined, superseded, held). false when it is elsewhere.
bool refuse(postgres::Transaction& transaction, std::string_view id, DeliveryState state, const Refusal& refusal,
            const RefusalFacts& facts, Instant at);

/// Deliveries with these bytes that were taken in (queued at some time), whatever became of them, oldest first: what
/// DUP01 and DUP02 ask.
std::vector<Delivery> sameBytes(postgres::Connection& connection, BytesView sha256);
/// The one that is accepted and not replaced since; nullopt when there is none.
std::optional<Delivery> acceptedOf(postgres::Connection& connection, std::string_view provider,
                                   std::string_view dataset, std::string_view period);
/// The latest accepted one of each (provider, dataset): for STATUS.txt and reminders.
std::optional<Delivery> lastAccepted(postgres::Connection& connection, std::string_view provider,
                                     std::string_view dataset);

// In the run.

/// The next queued delivery of this node, locked until the transaction ends; others' locks are skipped. Order: arrival,
/// but of several for one provider, dataset and period the newest first. Only those queued at or before `queuedBy`, and
/// not in `except` (tried in this run and left queued).
std::optional<Delivery> lockNextQueued(postgres::Transaction& transaction, std::string_view node, Instant queuedBy,
                                       const std::vector<std::string>& except = {});
/// That delivery if it is still queued, locked; nullopt otherwise.
std::optional<Delivery> lockQueued(postgres::Transaction& transaction, std::string_view id);

struct Outcome {
  std::uint64_t records = 0;
  std::uint64_t wrongRecords = 0;
  std::uint64_t loaded = 0;
  std::uint64_t replaced = 0;
  std::uint64_t deleted = 0;
  std::uint64_t errors = 0;
  std::uint64_t warnings = 0;
  std::string detected{};
  std::optional<std::string> replaces{};
};
/// queued → accepted; what it has become. Error(database) when it is not queued any more.
Delivery accept(postgres::Transaction& transaction, std::string_view id, std::int64_t run, const Outcome& outcome,
                Instant at);
/// queued → rejected, held or superseded; what it has become. Error(database) when it is not queued any more.
Delivery reject(postgres::Transaction& transaction, std::string_view id, std::int64_t run, DeliveryState state,
                const Refusal& refusal, const Outcome& outcome, Instant at);
/// Every older delivery for the same provider, dataset and period that is queued or held → superseded by `by`; returns
/// them.
std::vector<Delivery> supersedeOlder(postgres::Transaction& transaction, const Delivery& by, std::int64_t run,
                                     Instant at);

// After a hold.

/// That delivery if it is held, locked; nullopt otherwise.
std::optional<Delivery> lockHeld(postgres::Transaction& transaction, std::string_view id);
/// held → queued: the next run loads it even though it is empty or so many earlier records vanish, but not when by then
/// more would. Its findings are forgotten, the run makes them anew.
void release(postgres::Transaction& transaction, std::string_view id, std::uint64_t confirmedDeleted, Instant at);
/// held → rejected, with the code it was held for.
void rejectHeld(postgres::Transaction& transaction, std::string_view id, std::string_view detail, Instant at);

// Looking.

struct Filter {
  std::optional<std::string> provider{};
  std::optional<std::string> dataset{};
  std::optional<std::string> period{};
  std::optional<DeliveryState> state{};
  std::optional<std::int64_t> run{};
  std::optional<std::string> node{};
  std::optional<Instant> since{};      ///< first seen at or after
  bool trials = false;                 ///< also what was put into test/
  std::optional<std::size_t> limit{};  ///< the newest so many
};
/// Oldest first.
std::vector<Delivery> list(postgres::Connection& connection, const Filter& filter = {});
std::optional<Delivery> find(postgres::Connection& connection, std::string_view id);

}  // namespace sluis::delivery
