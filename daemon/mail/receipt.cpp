#include "mail/receipt.h"

#include <nlohmann/json.hpp>

namespace sluis::mail {

namespace {

using Json = nlohmann::ordered_json;

Json textOrNull(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

}  // namespace

std::string renderReceipt(const Receipt& receipt) {
  Json json;
  json["schema_version"] = kReceiptSchemaVersion;
  json["delivery"] = receipt.delivery;
  json["provider"] = receipt.provider;
  json["dataset"] = textOrNull(receipt.dataset);
  json["dataset_version"] = textOrNull(receipt.datasetVersion);
  json["period"] = textOrNull(receipt.period);
  json["file"] = receipt.file;
  json["size"] = receipt.size;
  json["sha256"] = receipt.sha256;
  json["signer"] = nullptr;
  if (receipt.signer)
    json["signer"] = {{"kind", receipt.signer->kind},
                      {"fingerprint", receipt.signer->fingerprint},
                      {"label", textOrNull(receipt.signer->label)}};
  // Not null for others: receipts of before the portal are rendered again as they were.
  if (receipt.signer && receipt.signer->account) {
    json["signer"]["account"] = *receipt.signer->account;
    json["signer"]["second_factor"] =
        receipt.signer->secondFactor ? Json(toRfc3339(*receipt.signer->secondFactor)) : Json(nullptr);
  }
  json["received"] = toRfc3339(receipt.received);
  json["processed"] = receipt.processed ? Json(toRfc3339(*receipt.processed)) : Json(nullptr);
  json["verdict"] = receipt.verdict;
  json["code"] = textOrNull(receipt.code);
  json["counts"] = {{"records", receipt.counts.records},   {"loaded", receipt.counts.loaded},
                    {"replaced", receipt.counts.replaced}, {"deleted", receipt.counts.deleted},
                    {"errors", receipt.counts.errors},     {"warnings", receipt.counts.warnings}};
  json["run"] = textOrNull(receipt.run);
  json["software"] = {{"name", receipt.softwareName}, {"version", receipt.softwareVersion}};
  json["rules"] = textOrNull(receipt.rules);
  json["detected"] = textOrNull(receipt.detected);
  json["audit"] = nullptr;
  if (receipt.audit) json["audit"] = {{"index", receipt.audit->index}, {"leaf_hash", receipt.audit->leafHash}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace sluis::mail
