// Drains the outbox: renders each due message from committed facts and hands it to the channel, or writes the documents
// into the provider's outbox/ folder.
//
// What a mail server or disk does delays a message, never the caller; only the database's failures are thrown
// (sluis::Error). A message that failed for good is told to the operators, in the same commit; one to the operators
// themselves never is. The row's fact "eerder" (a delivery id) names the delivery whose receipt a `vervangen` repeats;
// its fact "account" (a number) the person a message is for, "wat" what was changed of the account.
// Rows of channel 'folder' have the kind `documenten` (receipt.json, findings.csv) or `controle` (check.txt). Steps:
// mail.rendered, mail.delivered, mail.marked, folder.written.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "mail/delivery_facts.h"
#include "mail/letter.h"
#include "outbox/outbox.h"
#include "plugin/channel.h"
#include "postgres/connection.h"

namespace sluis::mail {

struct DispatcherSettings {
  LetterSettings letters;
  std::string domain;                  ///< right side of Message-IDs
  std::vector<std::string> operators;  ///< addresses; empty = nobody is told
};

/// Whom a message about an account of the portal is for, as the account is at this moment.
struct Person {
  std::string name{};
  std::string user{};
  std::string portal{};              ///< "https://portal.ttp.example"
  std::string link{};                ///< with its token; empty when this kind has none
  std::optional<Instant> expires{};  ///< the link
};

struct Lookups {
  /// The committed facts of a delivery; nullopt when there is none (then the message fails for good).
  std::function<std::optional<DeliveryFacts>(const std::string& delivery)> delivery;
  /// A provider's outbox/ folder; nullopt when it has none.
  std::function<std::optional<std::filesystem::path>(const std::string& provider)> folder;
  /// For a row with the fact "account": its person, and a new link where the kind has one, made within the transaction
  /// in which the message is marked. So no token ever stands in the outbox or in a log. nullopt: there is none whom it
  /// may be sent to.
  std::function<std::optional<Person>(std::int64_t account, const std::string& kind, postgres::Transaction&)> person{};
};

struct Drained {
  int sent = 0, later = 0, failed = 0;
};

class Dispatcher {
 public:
  /// The references must outlive the dispatcher.
  Dispatcher(DispatcherSettings settings, const Texts& texts, plugin::Channel& channel, Lookups lookups);

  /// Tries everything that is due at the start once: folders first, then mail. After three messages in a row that the
  /// channel puts off, the rest of the mail waits for the next call. `stop`, when given, is asked between messages.
  Drained drain(postgres::Connection& connection, const Clock& clock, const std::function<bool()>& stop = {});

 private:
  enum class Step { nothing, sent, later, failed };
  Step deliverNext(postgres::Connection& connection, const Clock& clock, Instant started, outbox::Channel channel);
  plugin::DeliveryReport attempt(postgres::Transaction& transaction, const outbox::Message& message);
  plugin::DeliveryReport mailIt(postgres::Transaction& transaction, const outbox::Message& message);
  std::optional<Person> personOf(postgres::Transaction& transaction, const outbox::Message& message,
                                 const std::string& account);
  plugin::DeliveryReport writeDocuments(const outbox::Message& message);
  void tellOperators(postgres::Transaction& transaction, const outbox::Message& message, Instant now,
                     const std::string& reason, const std::vector<std::string>& recipients);

  DispatcherSettings settings_;
  const Texts& texts_;
  plugin::Channel& channel_;
  Lookups lookups_;
};

/// "<file>.<id>.receipt.json": the file name of a document in outbox/. A name that could leave the folder or hide in it
/// is made safe.
std::string documentName(std::string_view file, std::string_view delivery, std::string_view ending);

}  // namespace sluis::mail
