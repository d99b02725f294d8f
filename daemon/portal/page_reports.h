// The pages about figures, one file each.
#pragma once

#include <functional>

#include "portal/report_view.h"
#include "portal/visit.h"

namespace sluis::portal {

web::Response reportPage(Visit& visit);    ///< /reports/{indicator}[.csv|.xlsx|.svg]
web::Response overviewPage(Visit& visit);  ///< /overview

web::Response noFiguresPage(Visit& visit);                         ///< nothing is published for this person yet
web::Response goneSnapshotPage(Visit& visit, const View& newest);  ///< with a link to the same of the newest
/// For pages of figures: their form token is masked, and nothing of the address stands in them but codes of our own
/// lists.
web::Response compressed(web::Response response);
/// A clear page where sluis-figures does not answer.
web::Response orUnreachable(Visit& visit, const std::function<web::Response()>& work);

}  // namespace sluis::portal
