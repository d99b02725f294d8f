// The page between uploading and delivering: what has come, with length and digest, and the question what to do with
// it. Delivering where the portal signs asks for a second factor that was shown just now.
#include <fmt/format.h>

#include "audit/audit.h"
#include "base/error.h"
#include "crypto/ssh_signer.h"
#include "portal/sign_in_steps.h"
#include "portal/upload.h"
#include "portal/visit.h"
#include "verify/judge.h"

namespace sluis::portal {

namespace {

bool isRecent(const Visit& visit) {
  const account::Session& session = visit.session.value();
  return account::showedSecondFactor(session) && visit.now() - *session.secondFactorAt <= kSecondFactorLasts;
}

// In eights, so that two people can compare it.
std::string grouped(std::string_view hex) {
  std::string text;
  for (std::size_t at = 0; at < hex.size(); at += 8) text += (at == 0 ? "" : " ") + std::string(hex.substr(at, 8));
  return text;
}

web::Response gone(Visit& visit) {
  web::Values values;
  return visit.page("upload-gone", "upload.gone-title", values, 404);
}

// Shows the second factor anew: nullopt when it was right, and the session then stands under a new token.
std::optional<std::string> refreshSecondFactor(Visit& visit) {
  if (!visit.account().hasSecondFactor) return "upload.sign-in-again";
  const std::string& code = visit.field("code");
  if (code.empty()) return "upload.code-needed";
  const account::Attempt attempt = attemptOf(visit, "code", visit.account().user);
  if (startTry(visit, attempt)) return "upload.code-wait";
  std::optional<account::Session> raised = visit.services.database.with([&](postgres::Connection& connection) {
    postgres::Transaction transaction(connection);
    if (!visit.services.secondFactor.accept(transaction, visit.account().id, code, visit.now()))
      return std::optional<account::Session>();
    account::wasRight(transaction, attempt, visit.now());
    std::optional<account::Session> session = account::raise(transaction, *visit.session, "totp", visit.now());
    transaction.commit();
    return session;
  });
  if (!raised) return "upload.code-wrong";
  adopt(visit, {std::move(*raised), {}});
  return std::nullopt;
}

void enter(postgres::Transaction& transaction, const Visit& visit, const Waiting& waiting, bool test,
           std::string_view by) {
  audit::Event event;
  event.what = "delivery.uploaded";
  event.at = visit.now();
  event.subject = waiting.provider;
  event.system = "sluis-portal";
  event.actor = account::describe(visit.account());
  event.responsible = waiting.provider;
  event.details = {{"file", waiting.name.file},
                   {"size", std::to_string(waiting.data->size())},
                   {"sha256", toHex(waiting.data->digests().sha256)},
                   {"to", test ? "test" : "inbox"},
                   {"signed", std::string(by)}};
  if (by == "portal") event.details["second_factor"] = toRfc3339(visit.session.value().secondFactorAt.value());
  audit::appendPortal(transaction, event);
}

std::string portalSignature(const Visit& visit, const Waiting& waiting) {
  const auto provider = ProviderCode::parse(waiting.provider).value();
  const std::string nameSpace =
      verify::portalNamespace(verify::expectedNamespace(provider, waiting.name.dataset, waiting.name.period),
                              {visit.account().id, visit.session.value().secondFactorAt.value()});
  return crypto::SshSigner::load(visit.services.config.portal.uploadKey)
      .sign(nameSpace, waiting.data->digests().of(crypto::DigestAlgorithm::sha512));
}

web::Response putInPlace(Visit& visit, UploadDesk& desk, const std::string& address, bool test) {
  const Standing standing = standingOf(visit);
  auto waiting = desk.take(address, visit);
  if (!waiting) return gone(visit);
  const bool own = !waiting->signature.empty();
  const auto back = [&](std::string_view mistake) {
    desk.putBack(address, std::move(*waiting));
    return showConfirm(visit, desk, mistake, 422);
  };
  if (standing.suspended || !standing.mayUse(waiting->name.dataset)) return back("upload.no-agreement-for");
  const bool portal = !test && !own;
  std::string signature = waiting->signature;
  std::string ending = waiting->signatureEnding;
  if (!test && !isOpen(waiting->name.period, standing.today, standing.openPeriods)) return back("upload.not-open");
  if (portal) {
    if (!standing.portalSigns(waiting->name.dataset)) return back("upload.signature-needed");
    if (!isRecent(visit))
      if (const auto mistake = refreshSecondFactor(visit)) return back(*mistake);
    signature = portalSignature(visit, *waiting);
    ending = ".sig";
  }
  const auto where = test ? DropFolder::Place::test : DropFolder::Place::inbox;
  std::optional<Placed> placed;
  try {
    visit.services.database.with([&](postgres::Connection& connection) {
      postgres::Transaction transaction(connection);
      enter(transaction, visit, *waiting, test, portal ? "portal" : own ? "provider" : "nobody");
      placed = place(*waiting, where, signature, ending);
      // Not in the log when it is not in the folder.
      if (placed == Placed::yes) transaction.commit();
    });
  } catch (...) {
    if (placed != Placed::yes) desk.putBack(address, std::move(*waiting));
    throw;
  }
  if (placed == Placed::nameTaken) return back("upload.name-taken");
  const auto since = std::chrono::duration_cast<std::chrono::seconds>(visit.now().time_since_epoch()).count();
  return visit.redirect(fmt::format("/upload/status/{}?since={}{}", waiting->name.file, since, test ? "&test=1" : ""));
}

}  // namespace

web::Response showConfirm(Visit& visit, UploadDesk& desk, std::string_view mistake, int status) {
  const Standing standing = standingOf(visit);
  web::Values values;
  const bool found = desk.look(visit.captured.at(0), visit, [&](const Waiting& waiting) {
    const bool own = !waiting.signature.empty();
    const bool portal = !own && standing.portalSigns(waiting.name.dataset);
    const bool open = isOpen(waiting.name.period, standing.today, standing.openPeriods);
    values.set("ADDRESS", visit.captured.at(0)).set("FILE", waiting.name.file);
    values.set("DATASET", waiting.name.dataset).set("PERIOD", waiting.name.period.text());
    values.set("SIZE", visit.number(waiting.data->size()));
    values.set("DIGEST", grouped(toHex(waiting.data->digests().sha256)));
    values.show("OWN_SIGNATURE", own).show("PORTAL_SIGNATURE", portal).show("NO_SIGNATURE", !own && !portal);
    values.show("NOT_OPEN", !open);
    const bool canDeliver = open && (own || portal);
    values.show("CAN_DELIVER", canDeliver);
    if (canDeliver && portal && !isRecent(visit)) {
      values.show("ASK_CODE", visit.account().hasSecondFactor).show("SIGN_IN_AGAIN", !visit.account().hasSecondFactor);
    }
  });
  if (!found) return gone(visit);
  if (!mistake.empty()) {
    const bool isCode = mistake.substr(0, 11) == "upload.code";
    values.add(isCode ? "CODE_ERROR" : "ERROR").set("ERROR_TEXT", visit.text(mistake));
    values.show("CODE_BAD", isCode);
  }
  return visit.page("upload-confirm", "upload.confirm-title", values, status);
}

web::Response decide(Visit& visit, UploadDesk& desk) {
  const std::string address = visit.captured.at(0);
  const std::string& what = visit.field("do");
  if (what == "cancel") {
    if (!desk.take(address, visit)) return gone(visit);
    return visit.redirect("/upload", "upload-cancelled");
  }
  if (what != "deliver" && what != "test") throw web::Refused{400, "error.bad-request"};
  return putInPlace(visit, desk, address, what == "test");
}

}  // namespace sluis::portal
