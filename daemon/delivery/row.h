// How a row of intake.delivery becomes a Delivery: for this room's files only.
#pragma once

#include <string_view>

#include "delivery/delivery.h"

namespace sluis::delivery {

/// The columns that fromRow() reads, for SELECT and RETURNING.
extern const std::string_view kColumns;

Delivery fromRow(const postgres::Row& row);
std::vector<Delivery> fromRows(const postgres::Rows& rows);
std::optional<Delivery> firstOf(const postgres::Rows& rows);

}  // namespace sluis::delivery
