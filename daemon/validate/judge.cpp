#include "validate/judge.h"

#include <algorithm>
#include <bit>

namespace sluis::validate {

namespace {

constexpr FieldSet bit(dataset::Field field) {
  return FieldSet{1} << static_cast<unsigned>(field);
}

}  // namespace

using RecordRules = RuleList<UnbornInBoth, BornBeforeStart, YoungEnough, EndAfterStart, WithinPeriod, ReasonWithEnd,
                             ReferrerAtStart, LongEnoughStay, InformantWithScore, TwoInformants, MeasuredAtEnd,
                             NotMeasuredBefore, PerspectiveInPeriod, ProductInPeriod, PostcodeAtStart, NotAdult,
                             MunicipalityAtStart, PsnOfAChild, BornByNow, MunicipalityCovered>;

void Judge::judge(const plugin::CellBatch& batch, std::uint32_t from, std::uint32_t to, std::uint32_t before,
                  Trajectory* records) {
  batch_ = &batch;
  for (first_ = from; first_ < to; first_ += rows_) {
    rows_ = std::min(kTurn, to - first_);
    out_ = records + first_;
    unreadable_.fill(0);
    start_.fill(0);
    postcodeOdd_.fill(false);
    for (std::uint32_t row = 0; row < rows_; ++row) out_[row].row = before + first_ + row + 1;
    for (const Column& column : law_.columns()) readColumn(column);
    judgeRecords(RecordRules());
    counted_.whole.add({out_, rows_});
    for (std::uint32_t row = 0; row < rows_; ++row) addToFileRules(row);
  }
}

template <typename... Rules>
void Judge::judgeRecords(RuleList<Rules...>) {
  static const std::array<RuleIndex, sizeof...(Rules)> indexes = {ruleIndex(Rules::kCode)...};
  static_assert(sizeof...(Rules) <= 32);
  std::uint32_t holds = 0;
  for (std::size_t i = 0; i < indexes.size(); ++i) holds |= std::uint32_t{law_.on(indexes[i])} << i;
  const Circumstances& circumstances = law_.circumstances();
  for (std::uint32_t row = 0; row < rows_; ++row) {
    const Judged judged{out_[row], start_[row], postcodeOdd_[row], unreadable_[row]};
    // All of them first, told after: most records break none.
    std::uint32_t broken = 0;
    unsigned rule = 0;
    ((broken |= std::uint32_t{judged.readable(Rules::kFields) && Rules::broken(judged, circumstances)} << rule++), ...);
    for (broken &= holds; broken != 0; broken &= broken - 1)
      tell(indexes[static_cast<unsigned>(std::countr_zero(broken))], out_[row].row);
  }
}

void Judge::addToFileRules(std::uint32_t row) {
  const Trajectory& record = out_[row];
  const FieldSet unreadable = unreadable_[row];
  if ((unreadable & fields(bsn, psn)) != 0) return;
  const bool key = (unreadable & fields(datumAanvang, hulpvorm)) == 0;
  if (record.identity == Identity::psn && PsnOfAChild::broken({record, 0, false, unreadable}, law_.circumstances()))
    return;
  if (record.identity == Identity::bsn || record.identity == Identity::psn) {
    counted_.fileRules.add(record, {.key = key,
                                    .end = (unreadable & bit(datumEinde)) == 0,
                                    .birth = (unreadable & bit(geboortedatum)) == 0,
                                    .sex = (unreadable & bit(geslacht)) == 0});
  } else if (key && (unreadable & fields(geboortedatum, geslacht, postcode)) == 0 && !postcodeOdd_[row]) {
    counted_.fileRules.addNameless(record);
  }
}

}  // namespace sluis::validate
