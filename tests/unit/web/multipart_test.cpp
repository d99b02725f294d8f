#include "web/multipart.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace sluis::web {
namespace {

class Kept final : public PartSink {
 public:
  explicit Kept(std::string& to) : to_(to) {}
  void write(std::span<const std::byte> bytes) override { to_ += asText(bytes); }

 private:
  std::string& to_;
};

struct Taken {
  Fields form;
  std::vector<std::pair<std::string, std::string>> files;  ///< name, bytes

  /// Fed in pieces that end at `splits`.
  void take(std::string_view text, std::vector<std::size_t> splits = {}, std::string_view boundary = "B-x") {
    files.reserve(10);
    Multipart parts(boundary, form, [&](const PartHead& head) {
      files.emplace_back(head.fileName, "");
      return std::make_unique<Kept>(files.back().second);
    });
    std::size_t at = 0;
    splits.push_back(text.size());
    for (const std::size_t end : splits) {
      parts.feed(text.substr(at, end - at));
      at = end;
    }
    parts.finish();
  }
};

const std::string kForm =
    "--B-x\r\nContent-Disposition: form-data; name=\"one\"\r\n\r\n1\r\n"
    "--B-x\r\nContent-Type: text/csv\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a "
    "\\\"b\\\".csv\"\r\n\r\n"
    "x\r\n--B-\r\n--B\r\n-\r\n\r\n--B-x\r\n"
    "content-disposition: form-data; name=\"empty\"; filename=\"\"\r\n\r\n\r\n--B-x\r\n"
    "Content-Disposition:form-data;name=two\r\n\r\n\r\n--B-x--\r\n";

void expectAll(const Taken& taken) {
  EXPECT_EQ(taken.form["one"], "1");
  EXPECT_EQ(taken.form["two"], "");
  ASSERT_EQ(taken.form.all().size(), 2U);
  ASSERT_EQ(taken.files.size(), 2U);
  EXPECT_EQ(taken.files[0], (std::pair<std::string, std::string>("a \"b\".csv", "x\r\n--B-\r\n--B\r\n-\r\n")));
  EXPECT_EQ(taken.files[1], (std::pair<std::string, std::string>("", "")));
}

TEST(WebMultipart, IsTheSameHoweverItIsSplit) {
  for (std::size_t one = 0; one <= kForm.size(); ++one) {
    for (std::size_t two = one; two <= kForm.size(); two += 41) {
      Taken taken;
      taken.take(kForm, {one, two});
      expectAll(taken);
      if (testing::Test::HasFailure()) FAIL() << one << " " << two;
    }
  }
  std::vector<std::size_t> every;
  for (std::size_t at = 0; at < kForm.size(); ++at) every.push_back(at);
  Taken taken;
  taken.take(kForm, every);
  expectAll(taken);
}

TEST(WebMultipart, RefusesEveryFormThatBreaksOff) {
  const std::size_t end = kForm.find("--B-x--") + 7;
  for (std::size_t size = 0; size < end; ++size) {
    Taken taken;
    EXPECT_THROW(taken.take(std::string_view(kForm).substr(0, size)), Refused) << size;
  }
}

std::string fileNameIn(const std::string& sent) {
  Taken taken;
  taken.take("--B-x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"" + sent + "\"\r\n\r\nx\r\n--B-x--");
  return taken.files.at(0).first;
}

TEST(WebMultipart, MakesAFileNamePrintable) {
  EXPECT_EQ(fileNameIn("../../etc/passwd"), "passwd");
  EXPECT_EQ(fileNameIn("C:\\Users\\x\\a.csv"), "a.csv");
  EXPECT_EQ(fileNameIn("a\xff\xc2\x9b.csv"), "a???.csv");
  EXPECT_EQ(fileNameIn("a\xe2\x80\xaevsc.exe"), "a???vsc.exe");
  EXPECT_EQ(fileNameIn("é.csv"), "é.csv");
  EXPECT_EQ(fileNameIn(std::string(300, 'a')).size(), 200U);
}

TEST(WebMultipart, BoundsItsParts) {
  const std::string head = "Content-Disposition: form-data; name=\"a\"";
  const auto status = [](const std::string& text) {
    try {
      Taken taken;
      taken.take(text);
    } catch (const Refused& refused) {
      return refused.status;
    }
    return 200;
  };
  EXPECT_EQ(status("--B-x\r\n" + head + "\r\n\r\n" + std::string(8192, 'a') + "\r\n--B-x--"), 200);
  EXPECT_EQ(status("--B-x\r\n" + head + "\r\n\r\n" + std::string(8193, 'a') + "\r\n--B-x--"), 413);
  EXPECT_EQ(status("--B-x\r\nX: " + std::string(5000, 'a')), 413);
  std::string many;
  for (int i = 0; i < 201; ++i) many += "--B-x\r\n" + head + "\r\n\r\n\r\n";
  EXPECT_EQ(status(many + "--B-x--"), 413);
  std::string large;
  for (int i = 0; i < 40; ++i) large += "--B-x\r\n" + head + "\r\n\r\n" + std::string(8000, 'a') + "\r\n";
  EXPECT_EQ(status(large + "--B-x--"), 413);
  EXPECT_EQ(status("x--B-x\r\n" + head + "\r\n\r\n\r\n--B-x--"), 400);
  EXPECT_EQ(status("--B-xy\r\n" + head + "\r\n\r\n\r\n--B-x--"), 400);
  EXPECT_EQ(status("--B-x\r\n" + head + "; name=\"b\"\r\n\r\n\r\n--B-x--"), 400);
  EXPECT_EQ(status("--B-x\r\n" + head + "\r\n" + head + "\r\n\r\n\r\n--B-x--"), 400);
  EXPECT_EQ(status("--B-x\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\n\r\n--B-x--"), 400);
}

TEST(WebMultipart, KnowsABoundary) {
  EXPECT_EQ(Multipart::boundaryOf("multipart/form-data; boundary=abc"), "abc");
  EXPECT_EQ(Multipart::boundaryOf("Multipart/Form-Data;charset=utf-8; Boundary=\"a-c\""), "a-c");
  EXPECT_EQ(Multipart::boundaryOf("multipart/mixed; boundary=abc"), std::nullopt);
  EXPECT_EQ(Multipart::boundaryOf("multipart/form-data; boundary="), std::nullopt);
  EXPECT_EQ(Multipart::boundaryOf("multipart/form-data; boundary=\"abc"), std::nullopt);
}

}  // namespace
}  // namespace sluis::web
