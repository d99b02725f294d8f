#include "web/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "portal_server.h"

namespace sluis::web {
namespace {

using namespace test;
using testing::HasSubstr;
using testing::Not;

class Kept final : public PartSink {
 public:
  explicit Kept(std::string& to) : to_(to) {}
  void write(std::span<const std::byte> bytes) override { to_ += asText(bytes); }

 private:
  std::string& to_;
};

/// Pages that say back what they got.
Response page(Request& request) {
  if (request.path == "/upload") {
    std::string file;
    std::string name;
    request.readParts(1 << 20, [&](const PartHead& head) {
      name = head.fileName;
      return std::make_unique<Kept>(file);
    });
    return Response::text(200, name + "|" + file + "|" + request.form["note"]);
  }
  if (request.path == "/inject") {
    Response response;
    response.headers.emplace_back("X-Said", request.query["said"] + "\r\nSet-Cookie: a=b");
    return response;
  }
  if (request.path == "/fails") throw std::runtime_error("on purpose");
  if (request.path == "/cookie") {
    Response response = Response::redirect("/next");
    response.cookies.push_back({"session", "abc_-9", std::nullopt});
    response.cookies.push_back({"old", "", std::nullopt});
    return response;
  }
  std::string said = request.path + "|" + request.query["q"] + "|" + request.form["text"] + "|" + request.address;
  if (const auto found = request.cookies.find("session"); found != request.cookies.end()) said += "|" + found->second;
  return Response::text(200, said);
}

Response broken(const Refused& refused, const Request* /*request*/) {
  return Response::text(refused.status, refused.key);
}

ServerSettings quick() {
  ServerSettings settings;
  settings.headTime = settings.formTime = settings.uploadWindow = std::chrono::seconds(1);
  settings.idleTime = std::chrono::seconds(1);
  settings.slowestUpload = 1024;
  return settings;
}

class WebServer : public testing::Test {
 protected:
  static void SetUpTestSuite() { server_ = new Server(quick(), page, broken); }
  static void TearDownTestSuite() { delete server_; }

  static std::string ask(std::string_view request) { return told(server_->port(), request); }

  static Server* server_;
};
Server* WebServer::server_ = nullptr;

TEST_F(WebServer, AnswersSeveralRequestsOnOneConnection) {
  Wire wire(server_->port());
  EXPECT_EQ(bodyOf(wire.say(get("/a?q=%C3%A9+x")).answer()), "/a|é x||127.0.0.1");
  EXPECT_EQ(bodyOf(wire.say(post("/b", "text=een%0D%0Atwee")).answer()), "/b||een\ntwee|127.0.0.1");
  wire.say(get("/c") + get("/d"));
  EXPECT_EQ(bodyOf(wire.answer()), "/c|||127.0.0.1");
  EXPECT_EQ(bodyOf(wire.answer()), "/d|||127.0.0.1");
}

TEST_F(WebServer, HandsOverTheFilesOfAForm) {
  const std::string body =
      "--B\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhallo\r\n"
      "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"C:\\\\x\\\\a.csv\"\r\n\r\n1;2\r\n3;4\r\n"
      "\r\n--B--\r\n";
  EXPECT_EQ(bodyOf(ask(post("/upload", body, "multipart/form-data; boundary=B"))), "a.csv|1;2\r\n3;4\r\n|hallo");
}

}  // namespace
}  // namespace sluis::web
