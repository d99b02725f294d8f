// The form with which somebody uploads a file, and the receiving of it: streamed into the provider's own inbox/ under a
// name that nobody takes for a delivery, until it is confirmed on the next page.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "model/provider_code.h"
#include "portal/upload.h"
#include "portal/visit.h"

namespace sluis::portal {

namespace {

constexpr std::uint64_t kBesideTheFile = 1 << 20;  // texts, signature and multipart's own words
constexpr std::size_t kLargestSignature = 64 << 10;
constexpr std::string_view kByName = "";

/// What the form says, and what was wrong with it.
struct Form {
  std::string period{};   ///< "jeugdhulp_2026H1"; empty = the file's name says it
  std::string mistake{};  ///< key of words
  std::string field{};    ///< which field that is about
};

// "4 GiB (4.294.967.296 bytes)": in the largest unit of which it is a whole number.
std::string sizeIn(const Visit& visit, std::uint64_t bytes) {
  const std::string exact = fmt::format("{} bytes", visit.number(bytes));
  for (const auto& [shift, unit] : {std::pair{30, "GiB"}, {20, "MiB"}})
    if (bytes >> shift != 0 && (bytes >> shift) << shift == bytes)
      return fmt::format("{} {} ({})", visit.number(bytes >> shift), unit, exact);
  return exact;
}

web::Response show(Visit& visit, const Standing& standing, const Form& form, int status = 200) {
  web::Values values;
  values.show("SUSPENDED", standing.suspended).show("NO_AGREEMENT", standing.datasets.empty());
  const bool canUpload = !standing.suspended && !standing.datasets.empty();
  if (canUpload) {
    web::Values& shown = values.add("FORM");
    const bool anyOwn =
        std::any_of(standing.datasets.begin(), standing.datasets.end(), [](const auto& each) { return !each.second; });
    const bool anyPortal =
        std::any_of(standing.datasets.begin(), standing.datasets.end(), [](const auto& each) { return each.second; });
    shown.show("SIGN_YOURSELF", anyOwn).show("PORTAL_SIGNS", anyPortal);
    shown.show("BY_NAME", form.period.empty());
    for (const auto& [dataset, person] : standing.datasets)
      for (const Period& period : standing.periods()) {
        const std::string value = fmt::format("{}_{}", dataset, period.text());
        web::Values& option = shown.add("PERIOD");
        option.set("PERIOD_VALUE", value).set("PERIOD_TEXT", fmt::format("{} {}", dataset, period.text()));
        option.show("PERIOD_CHOSEN", value == form.period);
      }
    shown.set("MOST", sizeIn(visit, standing.room.maxFileBytes));
    if (!form.mistake.empty()) {
      const std::string prefix = form.field == "period" ? "PERIOD" : form.field == "signature" ? "SIGNATURE" : "FILE";
      shown.add(prefix + "_ERROR").set("ERROR_TEXT", visit.text(form.mistake));
      shown.show(prefix + "_BAD");
    }
  }
  return visit.page("upload", "upload.title", values, status);
}

web::Response form(Visit& visit) {
  return show(visit, standingOf(visit), {});
}

class IntoStaging final : public web::PartSink {
 public:
  explicit IntoStaging(StagedFile& file) : file_(file) {}
  void write(std::span<const std::byte> bytes) override { file_.write(bytes); }

 private:
  StagedFile& file_;
};

class IntoMemory final : public web::PartSink {
 public:
  explicit IntoMemory(std::string& text) : text_(text) {}
  void write(std::span<const std::byte> bytes) override {
    if (bytes.size() > kLargestSignature - text_.size()) throw web::Refused{413, "upload.signature-too-large"};
    text_ += asText(bytes);
  }

 private:
  std::string& text_;
};

class Nowhere final : public web::PartSink {
 public:
  void write(std::span<const std::byte>) override {}
};

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string endingOf(std::string_view file) {
  const auto dot = file.rfind('.');
  std::string ending(dot == std::string_view::npos ? std::string_view() : file.substr(dot + 1));
  std::transform(ending.begin(), ending.end(), ending.begin(), lower);
  return ending;
}

// The name under which it is delivered, or what is wrong (key of words).
std::optional<DeliveryName> nameFor(const std::string& file, const std::string& period, std::string& mistake) {
  const auto own = DeliveryName::parse(file);
  if (period == kByName) {
    if (!own) mistake = "upload.name-unclear";
    return own;
  }
  const auto chosen = DeliveryName::parse(fmt::format("{}.{}", period, endingOf(file)));
  if (!chosen) {
    mistake = "upload.wrong-kind";
    return std::nullopt;
  }
  if (!own) return chosen;
  if (own->dataset == chosen->dataset && own->period == chosen->period) return own;
  mistake = "upload.other-period";
  return std::nullopt;
}

bool isSshSignature(std::string_view text) {
  return text.substr(0, 64).find("-----BEGIN SSH SIGNATURE-----") != std::string_view::npos;
}

web::Response receive(Visit& visit, UploadDesk& desk) {
  const Standing standing = standingOf(visit);
  if (standing.suspended || standing.datasets.empty()) throw web::Refused{403, "upload.not-allowed"};
  const auto user = ProviderCode::parse(standing.provider).value().user();
  const auto folder = std::make_shared<const DropFolder>(visit.services.config.drop, user);
  std::unique_ptr<StagedFile> data;
  std::optional<DeliveryName> name;
  std::string signature;
  Form said;
  bool fileCame = false;
  visit.request.readParts(standing.room.maxFileBytes + kBesideTheFile,
                          [&](const web::PartHead& head) -> std::unique_ptr<web::PartSink> {
                            visit.requireFormToken();
                            if (head.field == "signature") return std::make_unique<IntoMemory>(signature);
                            if (head.field != "file" || fileCame) throw web::Refused{400, "error.bad-request"};
                            fileCame = true;
                            said.period = visit.request.form["period"];
                            if (head.fileName.empty())
                              said.mistake = "upload.choose-file";
                            else
                              name = nameFor(head.fileName, said.period, said.mistake);
                            if (name && !standing.mayUse(name->dataset)) said.mistake = "upload.no-agreement-for";
                            // What is wrong with the name is told when all has come; its bytes are nowhere.
                            if (!said.mistake.empty()) return std::make_unique<Nowhere>();
                            data = std::make_unique<StagedFile>(folder, visit.session.value(), standing.room);
                            return std::make_unique<IntoStaging>(*data);
                          });
  visit.requireFormToken();
  if (!fileCame) said.mistake = "upload.choose-file";
  if (said.mistake.empty() && data->size() == 0) said.mistake = "upload.empty";
  if (!said.mistake.empty()) {
    if (said.mistake == "upload.other-period") said.field = "period";
    return show(visit, standing, said, 422);
  }
  data->finish();
  Waiting waiting{.account = visit.account().id,
                  .session = visit.session.value().id,
                  .provider = standing.provider,
                  .name = *name,
                  .data = std::move(data),
                  .signature = std::move(signature),
                  .signatureEnding = {},
                  .at = visit.now()};
  if (!waiting.signature.empty()) waiting.signatureEnding = isSshSignature(waiting.signature) ? ".sig" : ".p7s";
  return visit.redirect("/upload/" + desk.put(std::move(waiting)));
}

}  // namespace

Routes uploadRoutes() {
  const auto desk = std::make_shared<UploadDesk>();
  using web::Method;
  return {
      {Method::get, "/upload", Access::provider, form},
      {Method::post, "/upload", Access::provider, [desk](Visit& visit) { return receive(visit, *desk); }, true},
      {Method::get, "/upload/{}", Access::provider, [desk](Visit& visit) { return showConfirm(visit, *desk); }},
      {Method::post, "/upload/{}", Access::provider, [desk](Visit& visit) { return decide(visit, *desk); }},
      {Method::get, "/upload/status/{}", Access::provider, showUploadStatus},
      {Method::get, "/upload/status/{}/{}/findings.csv", Access::provider, downloadTestFindings},
  };
}

}  // namespace sluis::portal
