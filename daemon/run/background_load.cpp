#include "run/background_load.h"

#include <pthread.h>

#include <utility>

namespace sluis::run {

namespace {

constexpr std::size_t kUnderWay = 4;

}  // namespace

BackgroundLoad::BackgroundLoad(postgres::Transaction& transaction, std::int64_t delivery)
    : load_(transaction, delivery), thread_([this] { loadAll(); }) {}

BackgroundLoad::~BackgroundLoad() {
  close();
}

void BackgroundLoad::loadAll() {
  ::pthread_setname_np(::pthread_self(), "load");  // for top -H, and tests/bench/ingest.py
  for (;;) {
    Records records;
    const bool more = queue_.when([](const Queue& queue) { return !queue.full.empty() || queue.closed; },
                                  [&](Queue& queue) {
                                    if (queue.full.empty()) return false;
                                    records = std::move(queue.full.front());
                                    queue.full.pop_front();
                                    return true;
                                  });
    if (!more) return;
    try {
      load_.write(records);
    } catch (...) {
      queue_.with([](Queue& queue) { queue.failed = std::current_exception(); });
      return;
    }
    records.clear();
    queue_.with([&](Queue& queue) { queue.empty.push_back(std::move(records)); });
  }
}

void BackgroundLoad::write(Records& records) {
  queue_.when([](const Queue& queue) { return queue.full.size() < kUnderWay || queue.failed; },
              [&](Queue& queue) {
                if (queue.failed) std::rethrow_exception(queue.failed);
                queue.full.push_back(std::move(records));
                records = Records();
                if (queue.empty.empty()) return;
                records = std::move(queue.empty.back());
                queue.empty.pop_back();
              });
}

void BackgroundLoad::close() {
  if (!thread_.joinable()) return;
  queue_.with([](Queue& queue) { queue.closed = true; });
  thread_.join();
}

std::uint64_t BackgroundLoad::finish() {
  close();
  queue_.with([](Queue& queue) {
    if (queue.failed) std::rethrow_exception(queue.failed);
  });
  return load_.finish();
}

void BackgroundLoad::abandon() {
  queue_.with([](Queue& queue) { queue.full.clear(); });
  close();
  load_.abandon();
}

}  // namespace sluis::run
