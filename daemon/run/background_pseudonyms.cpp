#include "run/background_pseudonyms.h"

#include <pthread.h>

#include "validate/validator.h"

namespace sluis::run {

namespace {

constexpr std::size_t kUnderWay = 4;

}  // namespace

BackgroundPseudonyms::Records::~Records() {
  validate::wipeRecords(records_);
}

BackgroundPseudonyms::BackgroundPseudonyms(pseudonymise::Pseudonymiser& pseudonymiser, BackgroundLoad& load)
    : pseudonymiser_(pseudonymiser), load_(load), thread_([this] { passAll(); }) {}

BackgroundPseudonyms::~BackgroundPseudonyms() {
  abandon();
}

void BackgroundPseudonyms::passAll() {
  ::pthread_setname_np(::pthread_self(), "pseudonyms");  // for top -H, and tests/bench/ingest.py
  try {
    while (passNext()) {
    }
  } catch (...) {
    queue_.with([](Queue& queue) {
      queue.failed = std::current_exception();
      queue.full.clear();
    });
  }
}

bool BackgroundPseudonyms::passNext() {
  Records records = queue_.when([](const Queue& queue) { return !queue.full.empty() || queue.closed; },
                                [](Queue& queue) {
                                  if (queue.full.empty()) return Records();
                                  Records next = std::move(queue.full.front());
                                  queue.full.pop_front();
                                  return next;
                                });
  if (records.get().empty()) return false;
  pseudonymiser_.apply(records.get(), made_);
  validate::wipeRecords(records.get());
  queue_.with([&](Queue& queue) { queue.empty.push_back(std::move(records.get())); });
  load_.write(made_);
  return true;
}

void BackgroundPseudonyms::write(std::vector<Trajectory>& records) {
  if (records.empty()) return;
  queue_.when([](const Queue& queue) { return queue.full.size() < kUnderWay || queue.failed; },
              [&](Queue& queue) {
                if (queue.failed) std::rethrow_exception(queue.failed);
                queue.full.emplace_back(std::move(records));
                records = {};
                if (queue.empty.empty()) return;
                records = std::move(queue.empty.back());
                queue.empty.pop_back();
              });
}

void BackgroundPseudonyms::close() {
  if (!thread_.joinable()) return;
  queue_.with([](Queue& queue) { queue.closed = true; });
  thread_.join();
}

void BackgroundPseudonyms::finish() {
  close();
  queue_.with([](Queue& queue) {
    if (queue.failed) std::rethrow_exception(queue.failed);
  });
}

void BackgroundPseudonyms::abandon() {
  queue_.with([](Queue& queue) { queue.full.clear(); });
  close();
}

}  // namespace sluis::run
