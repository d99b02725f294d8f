#include "portal/upload.h"

#include <unistd.h>

#include <algorithm>

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/step.h"
#include "crypto/random.h"

namespace sluis::portal {

bool Standing::portalSigns(const std::string& dataset) const {
  const auto found = datasets.find(dataset);
  return found != datasets.end() && found->second;
}

std::vector<Period> Standing::periods() const {
  std::vector<Period> all;
  for (const auto kind : {Period::Kind::half, Period::Kind::quarter, Period::Kind::month, Period::Kind::year}) {
    Period period = Period::containing(kind, today);
    for (int i = 0; i < openPeriods; ++i) {
      period = period.previous();
      all.push_back(period);
    }
  }
  return all;
}

Standing standingOf(const Visit& visit) {
  Standing standing;
  standing.today = visit.today();
  return visit.services.database.viewing(visit.session.value().token, [&](postgres::Transaction& transaction) {
    // The views show a provider's people their own provider only; the condition says so again.
    const auto provider = transaction.exec(
        "SELECT code, max_file_bytes, quota_bytes, suspended, open_periods FROM portal.provider WHERE code = $1",
        visit.account().subject);
    if (provider.empty()) throw web::Refused{404, "error.not-found"};
    const auto row = provider[0];
    standing.provider = row.text("code");
    standing.room = {row.integer<std::uint64_t>("max_file_bytes"), row.integer<std::uint64_t>("quota_bytes")};
    standing.suspended = row.get<bool>("suspended");
    standing.openPeriods = row.integer<int>("open_periods");
    for (const auto agreement : transaction.exec(
             "SELECT dataset, bool_or(upload = 'person') AS person FROM portal.agreement WHERE provider = $1"
             " AND valid_from <= $2::date AND (valid_until IS NULL OR valid_until >= $2::date) GROUP BY dataset",
             standing.provider, standing.today))
      standing.datasets[agreement.text("dataset")] = agreement.get<bool>("person");
    return standing;
  });
}

void UploadDesk::tidy(Desk& desk, Instant now) {
  std::erase_if(desk, [&](const auto& entry) { return entry.second.at + kUploadWaits <= now; });
}

bool UploadDesk::isOf(const Waiting& waiting, const Visit& visit) {
  return waiting.account == visit.account().id && waiting.session == visit.session.value().id &&
         waiting.provider == visit.account().subject;
}

std::string UploadDesk::put(Waiting waiting) {
  const std::string address = toHex(crypto::randomSecret(16).reveal());
  desk_.with([&](Desk& desk) {
    tidy(desk, waiting.at);
    std::vector<Desk::iterator> own;
    for (auto entry = desk.begin(); entry != desk.end(); ++entry)
      if (entry->second.account == waiting.account) own.push_back(entry);
    if (own.size() >= kMostOfOne)
      desk.erase(*std::min_element(own.begin(), own.end(),
                                   [](const auto& a, const auto& b) { return a->second.at < b->second.at; }));
    desk.emplace(address, std::move(waiting));
  });
  return address;
}

bool UploadDesk::look(std::string_view address, const Visit& visit, const std::function<void(const Waiting&)>& see) {
  return desk_.with([&](Desk& desk) {
    tidy(desk, visit.now());
    const auto found = desk.find(address);
    if (found == desk.end() || !isOf(found->second, visit)) return false;
    see(found->second);
    return true;
  });
}

std::optional<Waiting> UploadDesk::take(std::string_view address, const Visit& visit) {
  return desk_.with([&](Desk& desk) -> std::optional<Waiting> {
    tidy(desk, visit.now());
    const auto found = desk.find(address);
    if (found == desk.end() || !isOf(found->second, visit)) return std::nullopt;
    Waiting taken = std::move(found->second);
    desk.erase(found);
    return taken;
  });
}

void UploadDesk::putBack(const std::string& address, Waiting waiting) {
  desk_.with([&](Desk& desk) { desk.emplace(address, std::move(waiting)); });
}

namespace {

bool placeSignature(const DropFolder& folder, DropFolder::Place where, const std::string& name,
                    const std::string& content) {
  const std::string temporary = ".portal-" + toHex(crypto::randomSecret(16).reveal()) + ".part";
  try {
    const Fd file = folder.create(temporary);
    writeAll(file.get(), content, "a signature");
    if (::fsync(file.get()) != 0) throwErrno("cannot write a signature");
    if (folder.rename(temporary, where, name)) return true;
  } catch (const Error& error) {
    folder.remove(temporary);
    log::error("{}", error.what());
    throw web::Refused{503, "upload.disk"};
  }
  folder.remove(temporary);
  return false;
}

}  // namespace

Placed place(Waiting& waiting, DropFolder::Place where, const std::string& signature, const std::string& ending) {
  const DropFolder& folder = waiting.data->folder();
  const std::string& name = waiting.name.file;
  if (!waiting.data->moveTo(where, name)) return Placed::nameTaken;
  passed("portal.placed");
  if (!signature.empty()) {
    try {
      if (!placeSignature(folder, where, name + ending, signature)) {
        waiting.data->takeBack(where, name);
        return Placed::nameTaken;
      }
    } catch (const web::Refused&) {
      waiting.data->takeBack(where, name);
      throw;
    }
  }
  folder.sync(where);
  folder.sync(DropFolder::Place::inbox);
  return Placed::yes;
}

}  // namespace sluis::portal
