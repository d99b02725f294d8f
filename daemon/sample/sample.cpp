#include "sample/sample.h"

#include <unistd.h>

#include <cmath>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "model/delivery_name.h"
#include "sample/expectation.h"
#include "sample/records.h"

namespace sluis::sample {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kProgressEvery = 1 << 15;

std::uint32_t faultyOf(const Order& order) {
  const auto share = static_cast<std::uint32_t>(std::llround(order.errors * order.records));
  // Somebody who asks for faults wants to see one.
  return order.errors > 0 && share == 0 && order.records > 0 ? 1 : share;
}

/// Goes with what it holds, unless it is kept.
class Unfinished {
 public:
  explicit Unfinished(fs::path path) : path_(std::move(path)) {}
  ~Unfinished() {
    std::error_code ignored;
    if (!kept_) fs::remove(path_, ignored);
  }
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;

  const fs::path& path() const { return path_; }
  void keepAs(const fs::path& path) {
    if (::rename(path_.c_str(), path.c_str()) != 0) throwErrno("cannot write " + path.string());
    kept_ = true;
    syncFolder(path.has_parent_path() ? path.parent_path() : fs::path("."));
  }

 private:
  fs::path path_;
  bool kept_ = false;
};

void refuseToReplace(const fs::path& path) {
  if (fs::exists(fs::symlink_status(path)))
    throw Error(ErrorKind::usage, fmt::format("{} is there already", path.string()),
                "take another name, or --force to replace it");
}

}  // namespace

std::string fileName(const Order& order) {
  const Setting& setting = order.setting;
  const auto named = [&](const std::string& rest) {
    return fmt::format("{}_{}_sample{}{}.{}", setting.definition.dataset(), setting.period.text(), rest,
                       order.errors > 0 ? "-fouten" : "", extensionOf(order.dress.format));
  };
  const std::string full = named(fmt::format("-{}-{}", order.records, setting.seed));
  return DeliveryName::parse(full) ? full : named("");
}

fs::path expectedPath(const fs::path& file) {
  return file.string() + ".expected.json";
}

Sample writeSample(const Order& order) {
  if (order.records > kMostRecords)
    throw Error(ErrorKind::usage, fmt::format("a sample has {} records at most", kMostRecords));
  Sample made{.file = order.file, .expected = expectedPath(order.file), .counts = {}};
  if (!order.replace)
    for (const fs::path& path : {made.file, made.expected}) refuseToReplace(path);

  const std::uint32_t faulty = faultyOf(order);
  const dataset::Definition& definition = order.setting.definition;
  Setting setting = order.setting;
  setting.monotonous = faulty > 0 && definition.hasRule("JH204");
  setting.closedTogether = faulty > 0 && definition.hasRule("JH205");
  Records records(setting, order.records, faulty);
  Expectation expectation(definition);

  // A name that a provider's folder takes for an upload in progress.
  Unfinished unfinished(fmt::format("{}.{}.part", order.file.string(), ::getpid()));
  const auto writer = makeWriter(unfinished.path(), order.dress, definition, setting.psn, order.records);
  for (Record record; records.next(record); record = Record()) {
    writer->write(record);
    expectation.add(record);
    if (order.progress && expectation.records() % kProgressEvery == 0) order.progress(expectation.records());
  }
  writer->finish();
  expectation.finish();
  // The finding's list first: a sample without one would be of no use.
  writeFileDurably(made.expected, expectation.json(order.file.filename().string(), setting.period.text()), 0644);
  unfinished.keepAs(order.file);

  made.records = expectation.records();
  made.accepted = expectation.accepted();
  made.counts = expectation.counts();
  return made;
}

}  // namespace sluis::sample
