#include "run/installation.h"

#include <algorithm>

#include "base/error.h"
#include "model/mail_address.h"
#include "model/provider_code.h"
#include "validate/rules.h"

namespace sluis::run {

namespace {

// Found out here rather than by every mail that cannot be sent.
void requireAddresses(const config::Mail& mail) {
  std::vector<std::string> all = mail.operators;
  all.push_back(mail.from);
  for (const std::string& address : all)
    if (!isMailAddress(address))
      throw Error(ErrorKind::config, "mail.from or mail.operators holds what is no mail address",
                  "name@domain, in ASCII");
}

}  // namespace

std::shared_ptr<const Installation> Installation::load(const config::Path& configFile) {
  config::Config config = config::load(configFile);
  requireAddresses(config.mail);
  auto definitions = dataset::Definitions::load(config.datasets, config.codelists);
  validate::requireKnownRules(definitions);
  auto texts = mail::Texts::load(config.mailTexts);
  auto keys = crypto::Keyring::loadCredentialsOr(config.keys);
  reader::Settings reader;
  reader.program = config.reader;
  reader.pluginDirectory = config.plugins;
  reader.memoryBytes = config.limits.readerMemoryBytes;
  reader.cpuSeconds = reader.wallSeconds = static_cast<unsigned>(config.limits.readerTime.count());
  reader.startAhead = true;
  Schedule schedule(config.run.at, config.run.timezone);
  return std::make_shared<const Installation>(Installation{std::move(config), std::move(definitions), std::move(texts),
                                                           std::move(keys), reader::Worker(std::move(reader)),
                                                           std::move(schedule)});
}

mail::Helpdesk Installation::helpdesk() const {
  return {config.mail.helpdesk.name, config.mail.helpdesk.mail, config.mail.helpdesk.phone};
}

mail::LetterSettings Installation::letters() const {
  mail::LetterSettings settings;
  settings.from = config.mail.from;
  settings.fromName = config.mail.helpdesk.name;
  settings.helpdesk = helpdesk();
  settings.timeZone = config.run.timezone;
  return settings;
}

config::Path Installation::folderOf(const std::string& provider) const {
  const auto code = ProviderCode::parse(provider);
  if (!code) throw Error(ErrorKind::system, "a provider without a code");
  return config.drop / code->user();
}

std::string formatOf(std::string_view extension) {
  return extension == "asc" || extension == "txt" ? "ascii" : std::string(extension);
}

}  // namespace sluis::run
