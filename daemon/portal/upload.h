// What somebody has uploaded and not yet confirmed, and what the register says about who may upload what.
//
// An upload belongs to one account and one session: nobody else can see, confirm or cancel it, and it is confirmed
// once. The desk keeps them in memory, an hour at most; with the desk (a reload of the configuration, a stop) they go.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/guarded.h"
#include "crypto/ssh_signer.h"
#include "model/delivery_name.h"
#include "portal/staging.h"
#include "portal/visit.h"

namespace sluis::portal {

/// What the register says about the visitor's own provider.
struct Standing {
  std::string provider{};
  Room room{};
  bool suspended = false;
  int openPeriods = 0;
  Day today{};                             ///< by the TTP's clock on the wall
  std::map<std::string, bool> datasets{};  ///< of agreements in force: whether the portal signs (upload: person)

  bool mayUse(const std::string& dataset) const { return datasets.count(dataset) > 0; }
  bool portalSigns(const std::string& dataset) const;
  /// Of every kind, the latest first.
  std::vector<Period> periods() const;
};
Standing standingOf(const Visit& visit);

/// A delivery that waits for its yes.
struct Waiting {
  std::int64_t account = 0;
  std::int64_t session = 0;
  std::string provider{};
  DeliveryName name;
  std::unique_ptr<StagedFile> data{};
  std::string signature{};        ///< the provider's own; empty = none came
  std::string signatureEnding{};  ///< ".sig" or ".p7s"
  Instant at{};
};

class UploadDesk {
 public:
  /// At most so many of one account, in however many sessions: each holds open folders. The oldest goes.
  static constexpr std::size_t kMostOfOne = 5;

  /// The address of its page: 32 hex digits.
  std::string put(Waiting waiting);
  /// Looks, under the desk's lock; false when there is none of that address for this session.
  bool look(std::string_view address, const Visit& visit, const std::function<void(const Waiting&)>& see);
  /// Takes it off the desk: who has it decides, and nobody after.
  std::optional<Waiting> take(std::string_view address, const Visit& visit);
  /// Back, under its old address.
  void putBack(const std::string& address, Waiting waiting);

 private:
  using Desk = std::map<std::string, Waiting, std::less<>>;
  static void tidy(Desk& desk, Instant now);
  static bool isOf(const Waiting& waiting, const Visit& visit);

  Guarded<Desk> desk_;
};

/// The portal's second factor must have been shown so recently for it to sign.
inline constexpr auto kSecondFactorLasts = std::chrono::minutes(15);

enum class Placed { yes, nameTaken };
/// Puts data and signature under their final names; nothing is overwritten, and what was placed is taken back when the
/// other half cannot be.
Placed place(Waiting& waiting, DropFolder::Place where, const std::string& signature, const std::string& ending);

// Pages in their own files.
web::Response showConfirm(Visit& visit, UploadDesk& desk, std::string_view mistake = {}, int status = 200);
web::Response decide(Visit& visit, UploadDesk& desk);
web::Response showUploadStatus(Visit& visit);
web::Response downloadTestFindings(Visit& visit);

}  // namespace sluis::portal
