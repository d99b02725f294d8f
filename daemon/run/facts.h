// From committed rows to the plain facts that mails and documents are rendered from. Only reads.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "delivery/delivery.h"
#include "mail/delivery_facts.h"
#include "mail/status_text.h"
#include "postgres/connection.h"
#include "registry/registry.h"
#include "run/installation.h"

namespace sluis::run {

/// nullopt when there is no such delivery.
std::optional<mail::DeliveryFacts> factsOf(postgres::Connection& connection, const std::string& delivery);

/// The rule's one line for a provider; empty when there is no such rule.
std::string dutchTextOf(std::string_view rule);

/// What the provider's STATUS.txt says now.
mail::ProviderStatus statusOf(const Installation& installation, postgres::Connection& connection,
                              const registry::Provider& provider, Instant now);

}  // namespace sluis::run
