#include "snapshot/table.h"

namespace sluis::snapshot {

namespace {

template <typename T>
BytesView asColumn(const std::vector<T>& values) {
  return std::as_bytes(std::span(values));
}

}  // namespace

BytesView columnOf(const Table& table, Column column) {
  switch (column) {
    case Column::child:
      return asColumn(table.child);
    case Column::key:
      return asColumn(table.key);
    case Column::keyYouth:
      return asColumn(table.keyYouth);
    case Column::keyParent:
      return asColumn(table.keyParent);
    case Column::provider:
      return asColumn(table.provider);
    case Column::form:
      return asColumn(table.form);
    case Column::referrer:
      return asColumn(table.referrer);
    case Column::reason:
      return asColumn(table.reason);
    case Column::profile:
      return asColumn(table.profile);
    case Column::productCategory:
      return asColumn(table.productCategory);
    case Column::perspective:
      return asColumn(table.perspective);
    case Column::severity:
      return asColumn(table.severity);
    case Column::complexity:
      return asColumn(table.complexity);
    case Column::start:
      return asColumn(table.start);
    case Column::end:
      return asColumn(table.end);
    case Column::satisfaction:
      return asColumn(table.satisfaction);
    case Column::goOn:
      return asColumn(table.goOn);
    case Column::goals:
      return asColumn(table.goals);
    case Column::flags:
      return asColumn(table.flags);
  }
  return {};
}

}  // namespace sluis::snapshot
