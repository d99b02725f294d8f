#include "validate/bench.h"

#include <algorithm>
#include <stdexcept>
#include <thread>

#include "base/secret.h"

namespace sluis::validate {

Bench::Bench(const dataset::Definition& definition, const Period& period, Day received, const Coverage& coverage)
    : law_(definition, period, received, coverage), first_(law_) {}

// A delivery of one batch is judged before a thread has begun.
bool Bench::sharesWithSecond(std::uint32_t rows) {
  if (rows < kWorthSharing || records_ == 0) return false;
  if (!second_ && std::thread::hardware_concurrency() > 1) second_ = std::make_unique<SecondJudge>(law_);
  return second_ != nullptr;
}

void Bench::check(const plugin::CellBatch& batch, std::vector<Trajectory>& good) {
  if (batch.columns() != law_.columnCount()) throw std::logic_error("a batch with other columns than were bound");
  if (records_ + batch.rows() > kMostRecords) throw std::logic_error("more records than can be numbered");
  // Growing would leave the records of the batch before in freed memory.
  if (batch.rows() > good.capacity()) wipeRecords(good);
  good.clear();
  good.resize(batch.rows());
  const auto before = static_cast<std::uint32_t>(records_);
  if (sharesWithSecond(batch.rows())) {
    second_->judgeWith(first_, batch, before, good.data(), findings_);
  } else {
    first_.judge(batch, 0, batch.rows(), before, good.data());
    findings_.drain(first_.found());
  }
  records_ += batch.rows();
  if (findings_.wrongRecords() > 0) {
    const auto wrong = [this](const Trajectory& record) { return findings_.isWrong(record.row); };
    const auto kept = std::remove_if(good.begin(), good.end(), wrong);
    wipe(std::as_writable_bytes(std::span(kept, good.end())));
    good.erase(kept, good.end());
  }
}

Result<Findings, Refusal> Bench::finish() {
  Counted& counted = first_.counted();
  FileRules* others = nullptr;
  if (second_) {
    counted.floats += second_->counted().floats;
    counted.whole.add(second_->counted().whole);
    others = &second_->counted().fileRules;
  }
  const std::uint64_t given = records_ - findings_.countOf(ruleIndex("JH001"));
  if (counted.floats * 2 > given)
    return failure(Refusal{RefusalCode::FMT02,
                           "De kolom bsn bevat getallen met decimalen of een exponent: een rekenblad heeft de nummers "
                           "veranderd. Maak de kolom op als tekst, vul de nummers opnieuw in vanuit uw eigen systeem "
                           "en exporteer het bestand opnieuw."});
  const FileRules::Broken broken = counted.fileRules.judge(records_, others);
  const auto take = [this](std::string_view code, const RowSet& rows) {
    if (law_.on(code)) findings_.addAll(ruleIndex(code), rows);
  };
  take("JH201", broken.sameKey);
  take("JH202", broken.overlap);
  take("JH203", broken.contradiction);
  take("JH207", broken.sameNameless);
  const auto threshold = [this](std::string_view code, std::string_view name) {
    return static_cast<std::uint64_t>(law_.definition().threshold(code, name));
  };
  if (law_.on("JH204"))
    for (unsigned i = counted.whole.monotonous(threshold("JH204", "measurements")); i > 0; --i)
      findings_.add(ruleIndex("JH204"), 0);
  if (law_.on("JH205") && counted.whole.endsTogether(threshold("JH205", "percent"), threshold("JH205", "least")))
    findings_.add(ruleIndex("JH205"), 0);
  return findings_.take();
}

}  // namespace sluis::validate
