// A provider's application (the questionnaire at the portal) and its way to a provider that can deliver:
//
//   received -> agreement-sent -> agreement-received -> in-force -> invited
//
// or declined, from any state before in-force. Each step takes the caller's transaction, with its entry in the log and
// the message that goes with it; call last before commit(). A step from another state than the one before it is Error
// (usage), and so is all else that the caller got wrong.
//
// What an applicant typed stands in portal.application only: the log names the number, the provider and municipality
// codes. Each query on portal.application and portal.application_step of who may change them lives here.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "office/agreements.h"
#include "office/occasion.h"
#include "office/post.h"
#include "postgres/connection.h"
#include "registry/registry.h"

namespace sluis::office {

enum class ApplicationState : std::uint8_t { received, agreementSent, agreementReceived, inForce, invited, declined };
std::string_view toString(ApplicationState state);  ///< "received", "agreement-sent", …
std::optional<ApplicationState> applicationStateFrom(std::string_view word);

struct Person {
  std::string name{};
  std::string mail{};
};

struct Application {
  std::int64_t id = 0;
  ApplicationState state = ApplicationState::received;
  std::string language{};
  std::string organisation{};
  std::string kvk{};
  std::string street{};
  std::string postcode{};
  std::string town{};
  Person contact{};
  std::string contactPhone{};
  Person technical{};  ///< empty where the contact is
  std::vector<std::string> municipalities{};
  std::string software{};
  std::string format{};  ///< "csv", "ascii", "xlsx", "xls", "unknown"
  std::string upload{};  ///< "automation" or "person"
  std::string remarks{};
  std::vector<Person> people{};  ///< who get an account
  Instant created{};
  std::string provider{};  ///< code, from in-force on
};

struct ApplicationStep {
  ApplicationState state = ApplicationState::received;
  Instant at{};
  std::string note{};
};

/// Oldest first; without `all` only those that wait for somebody.
std::vector<Application> applications(postgres::Connection& connection, bool all);
std::optional<Application> findApplication(postgres::Connection& connection, std::int64_t id);
std::vector<ApplicationStep> stepsOf(postgres::Connection& connection, std::int64_t id);

/// Mails those that nobody was told of yet: to the contact where it stands (a secret link), to the operators that it
/// came. How many those were; at most 20 at a time.
int announceApplications(postgres::Connection& connection, const Post& post, Instant at);

/// The agreement went to the contact by the operator's own way: told to the contact.
void agreementSent(postgres::Transaction& transaction, std::int64_t id, const Post& post, const Occasion& occasion);
/// It came back signed. `note`: where it is kept; for the log.
void agreementReceived(postgres::Transaction& transaction, std::int64_t id, const std::string& note,
                       const Occasion& occasion);

struct InForce {
  registry::Provider provider{};  ///< code as the operator chose it, limits; name and mails are the application's
  Day from{};
  std::optional<Day> until{};
  std::string dataset = "jeugdhulp";
};
/// Registers the provider and an agreement for each municipality, uploads as was wished: where people upload, the
/// portal's key becomes a signer.
void inForce(postgres::Transaction& transaction, std::int64_t id, InForce wanted, const RequireKey& requireKey,
             const config::Portal& portal, const Occasion& occasion);

/// `invite` makes one person's account (office/accounts.h) in the same transaction. How many were invited.
using Invite = std::function<void(postgres::Transaction&, const Person&, const std::string& provider,
                                  const std::string& language)>;
/// An account with role provider, and its invitation.
Invite inviteAsProvider(const Post& post, const Occasion& occasion);
int invitePeople(postgres::Transaction& transaction, std::int64_t id, const Invite& invite, const Occasion& occasion);

/// `reason` is told to the contact, and is in the log.
void declineApplication(postgres::Transaction& transaction, std::int64_t id, const std::string& reason,
                        const Post& post, const Occasion& occasion);

/// Deletes those that were declined, or led to a provider, longer ago than the questionnaire is needed. How many.
int forgetOldApplications(postgres::Transaction& transaction, Instant now);
inline constexpr auto kApplicationsKept = std::chrono::hours(24 * 365);

}  // namespace sluis::office
