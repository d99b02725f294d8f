#include "validate/judge.h"

#include <algorithm>
#include <bit>
#include <stdexcept>
#include <type_traits>

#include "base/secret.h"

namespace sluis::validate {

namespace {

constexpr FieldSet bit(dataset::Field field) {
  return FieldSet{1} << static_cast<unsigned>(field);
}

const dataset::CodeList* codesOf(const dataset::Definition& definition, dataset::Field field) {
  const dataset::FieldDefinition* found = definition.find(field);
  return found == nullptr ? nullptr : found->codes.get();
}

}  // namespace

using RecordRules = RuleList<UnbornInBoth, BornBeforeStart, YoungEnough, EndAfterStart, WithinPeriod, ReasonWithEnd,
                             ReferrerAtStart, LongEnoughStay, InformantWithScore, TwoInformants, MeasuredAtEnd,
                             NotMeasuredBefore, PerspectiveInPeriod, ProductInPeriod, PostcodeAtStart, NotAdult,
                             MunicipalityAtStart, PsnOfAChild, BornByNow, MunicipalityCovered>;

Validator::Judge::Judge(const dataset::Definition& definition, const Period& period, Day received,
                        const Coverage& coverage)
    : definition_(definition),
      forms_(codesOf(definition, hulpvorm), 100),
      reasons_(codesOf(definition, redenBeeindiging), 100) {
  for (const auto& [code, thresholds] : definition.rules())
    if (findRule(code) != nullptr) on_.set(ruleIndex(code));
  if (!coverage.hasRegister()) on_.reset(ruleIndex("JH401"));
  circumstances_.periodFirst = dayNumber(period.first());
  circumstances_.periodLast = dayNumber(period.last());
  circumstances_.received = dayNumber(received);
  circumstances_.municipalities = KnownCodes(codesOf(definition, gemeentecode), 10000);
  circumstances_.referrers = KnownCodes(codesOf(definition, verwijzer), 100);
  circumstances_.perspectives = KnownCodes(codesOf(definition, perspectief), 100);
  circumstances_.productCategories = KnownCodes(codesOf(definition, productcategorie), 100);
  circumstances_.coverage = coverage;
  for (KnownCodes* codes : {&forms_, &reasons_})
    codes->keepThoseOf(circumstances_.periodFirst, circumstances_.periodLast);
  setThresholds(definition);
}

void Validator::Judge::setThresholds(const dataset::Definition& definition) {
  if (definition.hasRule("JH104")) circumstances_.tooOld = definition.threshold("JH104", "age");
  if (definition.hasRule("JH109")) {
    circumstances_.firstStay = static_cast<unsigned>(definition.threshold("JH109", "first_form"));
    circumstances_.lastStay = static_cast<unsigned>(definition.threshold("JH109", "last_form"));
    circumstances_.shortStay = definition.threshold("JH109", "days");
  }
  if (definition.hasRule("JH117")) {
    circumstances_.adultFrom = definition.threshold("JH117", "from_age");
    circumstances_.adultTo = definition.threshold("JH117", "to_age");
  }
  if (definition.hasRule("JH120")) circumstances_.longestUnborn = definition.threshold("JH120", "days");
}

Result<void, Refusal> Validator::Judge::bind(std::span<const std::string> columns) {
  const auto bound = bindColumns(definition_, columns);
  if (!bound) return failure(bound.error());
  columnCount_ = static_cast<std::uint32_t>(columns.size());
  for (const BoundColumn& column : *bound) columns_.push_back(columnFor(column));
  return {};
}

const KnownCodes* Validator::Judge::codesOfField(dataset::Field field) const {
  switch (field) {
    case verwijzer:
      return &circumstances_.referrers;
    case hulpvorm:
      return &forms_;
    case redenBeeindiging:
      return &reasons_;
    case perspectief:
      return &circumstances_.perspectives;
    case productcategorie:
      return &circumstances_.productCategories;
    default:
      return nullptr;
  }
}

Validator::Judge::Column Validator::Judge::columnFor(const BoundColumn& bound) {
  const dataset::FieldDefinition& field = *bound.field;
  const FieldRules& own = fieldRules(field.field);
  Column column{.at = bound.column,
                .field = field.field,
                .required = field.required,
                .min = field.min,
                .max = field.max,
                .values = {},
                .codes = {}};
  if (field.required) column.requiredRule = ruleIndex(own.required);
  if (!own.content.empty()) column.contentRule = ruleIndex(own.content);
  for (const char letter : field.letters)
    column.values[static_cast<unsigned char>(letter)] = static_cast<unsigned char>(letter);
  // A number of one digit; more are for the other way.
  for (unsigned digit = std::max(field.min, 1U); digit <= std::min(field.max, 9U); ++digit)
    column.values['0' + digit] = static_cast<std::uint8_t>(digit);
  for (unsigned code = 0; code < column.codes.size(); ++code)
    column.codes[code] = codesOfField(field.field) != nullptr && codesOfField(field.field)->has(code);
  return column;
}

void Validator::Judge::check(const plugin::CellBatch& batch, std::vector<Trajectory>& good) {
  if (batch.columns() != columnCount_) throw std::logic_error("a batch with other columns than were bound");
  if (records_ + batch.rows() > kMostRecords) throw std::logic_error("more records than can be numbered");
  // Growing would leave the records of the batch before in freed memory.
  if (batch.rows() > good.capacity()) wipeRecords(good);
  good.clear();
  good.resize(batch.rows());
  batch_ = &batch;
  for (first_ = 0; first_ < batch.rows(); first_ += rows_) {
    rows_ = std::min(kTurn, batch.rows() - first_);
    out_ = good.data() + first_;
    unreadable_.fill(0);
    start_.fill(0);
    postcodeOdd_.fill(false);
    for (std::uint32_t row = 0; row < rows_; ++row) out_[row].row = static_cast<std::uint32_t>(records_) + row + 1;
    for (const Column& column : columns_) readColumn(column);
    judgeRecords(RecordRules());
    whole_.add({out_, rows_});
    for (std::uint32_t row = 0; row < rows_; ++row) addToFileRules(row);
    records_ += rows_;
  }
  if (findings_.wrongRecords() > 0) {
    const auto wrong = [this](const Trajectory& record) { return findings_.isWrong(record.row); };
    const auto kept = std::remove_if(good.begin(), good.end(), wrong);
    wipe(std::as_writable_bytes(std::span(kept, good.end())));
    good.erase(kept, good.end());
  }
}

template <typename... Rules>
void Validator::Judge::judgeRecords(RuleList<Rules...>) {
  static const std::array<RuleIndex, sizeof...(Rules)> indexes = {ruleIndex(Rules::kCode)...};
  static_assert(sizeof...(Rules) <= 32);
  std::uint32_t holds = 0;
  for (std::size_t i = 0; i < indexes.size(); ++i) holds |= std::uint32_t{on_[indexes[i]]} << i;
  const Circumstances& circumstances = circumstances_;
  for (std::uint32_t row = 0; row < rows_; ++row) {
    const Judged judged{out_[row], start_[row], postcodeOdd_[row]};
    const FieldSet unreadable = unreadable_[row];
    // All of them first, told after: most records break none.
    std::uint32_t broken = 0;
    unsigned rule = 0;
    ((broken |= std::uint32_t{(unreadable & Rules::kFields) == 0 && Rules::broken(judged, circumstances)} << rule++),
     ...);
    for (broken &= holds; broken != 0; broken &= broken - 1)
      findings_.add(indexes[static_cast<unsigned>(std::countr_zero(broken))], out_[row].row);
  }
}

void Validator::Judge::addToFileRules(std::uint32_t row) {
  const Trajectory& record = out_[row];
  const FieldSet unreadable = unreadable_[row];
  if ((unreadable & fields(bsn, psn, datumAanvang, hulpvorm)) != 0) return;
  if (record.identity == Identity::psn && PsnOfAChild::broken({record, 0, false}, circumstances_)) return;
  if (record.identity == Identity::bsn || record.identity == Identity::psn) {
    fileRules_.add(record, {.end = (unreadable & bit(datumEinde)) == 0,
                            .birth = (unreadable & bit(geboortedatum)) == 0,
                            .sex = (unreadable & bit(geslacht)) == 0});
  } else if ((unreadable & fields(geboortedatum, geslacht, postcode)) == 0 && !postcodeOdd_[row]) {
    fileRules_.addNameless(record);
  }
}

Result<Findings, Refusal> Validator::Judge::finish() {
  const std::uint64_t given = records_ - findings_.countOf(ruleIndex("JH001"));
  if (floats_ * 2 > given)
    return failure(Refusal{RefusalCode::FMT02,
                           "De kolom bsn bevat getallen met decimalen of een exponent: een rekenblad heeft de nummers "
                           "veranderd. Maak de kolom op als tekst, vul de nummers opnieuw in vanuit uw eigen systeem "
                           "en exporteer het bestand opnieuw."});
  const FileRules::Broken broken = fileRules_.judge(records_);
  const auto take = [this](std::string_view code, const RowSet& rows) {
    if (on(code)) findings_.addAll(ruleIndex(code), rows);
  };
  take("JH201", broken.sameKey);
  take("JH202", broken.overlap);
  take("JH203", broken.contradiction);
  take("JH207", broken.sameNameless);
  const auto threshold = [this](std::string_view code, std::string_view name) {
    return static_cast<std::uint64_t>(definition_.threshold(code, name));
  };
  if (on("JH204"))
    for (unsigned i = whole_.monotonous(threshold("JH204", "measurements")); i > 0; --i)
      findings_.add(ruleIndex("JH204"), 0);
  if (on("JH205") && whole_.endsTogether(threshold("JH205", "percent"), threshold("JH205", "least")))
    findings_.add(ruleIndex("JH205"), 0);
  return findings_.take();
}

}  // namespace sluis::validate
