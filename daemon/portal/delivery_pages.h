// The pages about deliveries, each in its own file; page_deliveries.cpp gives them their routes.
#pragma once

#include "base/time.h"
#include "portal/visit.h"

namespace sluis::portal {

web::Response showDelivery(Visit& visit);
web::Response downloadFindings(Visit& visit);
web::Response downloadReceipt(Visit& visit);
web::Response downloadReceiptSignature(Visit& visit);
web::Response showContacts(Visit& visit);
web::Response changeContacts(Visit& visit);

/// A municipality's people have no business with deliveries: for them these pages are not there.
Page ofProvidersAndTtp(Page page);

}  // namespace sluis::portal
