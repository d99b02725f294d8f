// All that is read once and then only looked at: configuration, dataset definitions, mail texts, keys. A reload makes a
// new one; work in hand keeps the one it began with.
#pragma once

#include <memory>

#include "config/config.h"
#include "crypto/keyring.h"
#include "dataset/definition.h"
#include "mail/letter.h"
#include "mail/texts.h"
#include "reader/worker.h"
#include "run/schedule.h"

namespace sluis::run {

struct Installation {
  config::Config config;
  dataset::Definitions definitions;
  mail::Texts texts;
  crypto::Keyring keys;
  reader::Worker worker;
  Schedule schedule;

  /// Reads everything `configFile` leads to. Error (config) with all that is wrong; nothing is half loaded.
  static std::shared_ptr<const Installation> load(const config::Path& configFile);

  mail::Helpdesk helpdesk() const;
  mail::LetterSettings letters() const;
  /// A provider's folder in the drop folder.
  config::Path folderOf(const std::string& provider) const;
};

/// The plugin that reads files with this extension ("csv").
std::string formatOf(std::string_view extension);

}  // namespace sluis::run
