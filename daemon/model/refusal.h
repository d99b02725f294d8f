// Why a delivery was not accepted: the one table of codes (CONTRACT §4). Mails, documents and tests use this table.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace sluis {

/// The end states and the waiting ones, as they stand in the database and in `sluis delivery list`.
enum class DeliveryState { receiving, waiting, queued, accepted, rejected, held, superseded, quarantined };

std::string_view toString(DeliveryState state);

enum class RefusalCode {
  NAM,
  SIG01,
  SIG02,
  SIG03,
  SIG04,
  AGR01,
  PER01,
  SIZ01,
  DUP01,
  DUP02,
  FMT01,
  FMT02,
  VAL01,
  DEL01
};

struct RefusalKind {
  RefusalCode code;
  std::string_view text;         ///< "SIG02"
  DeliveryState state;           ///< where it sends the delivery
  std::string_view dutch;        ///< one sentence for the provider: what is wrong
  std::string_view dutchRemedy;  ///< one sentence: what to do
  std::string_view english;
  std::string_view englishRemedy;
};

/// All codes, in the order of CONTRACT §4.
std::span<const RefusalKind> refusalKinds();
const RefusalKind& kindOf(RefusalCode code);
/// nullptr when there is no such code.
const RefusalKind* findRefusalKind(std::string_view text);

/// A refusal of one delivery: the code and, where it helps, a sentence of detail (Dutch) that holds no delivered value.
struct Refusal {
  RefusalCode code;
  std::string detail;
};

}  // namespace sluis
