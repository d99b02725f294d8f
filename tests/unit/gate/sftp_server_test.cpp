#include "gate/sftp_server.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/file.h"

namespace sluis::gate {
namespace {

namespace fs = std::filesystem;
using namespace std::string_literals;

std::string number(std::uint32_t value) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(value >> shift);
  return text;
}
std::string text(std::string_view value) {
  return number(static_cast<std::uint32_t>(value.size())) + std::string(value);
}
std::string packet(int type, const std::string& rest) {
  return number(static_cast<std::uint32_t>(rest.size() + 1)) + static_cast<char>(type) + rest;
}
std::string init() {
  return packet(1, number(3));
}

struct Reply {
  int type = 0;
  std::uint32_t id = 0;
  std::uint32_t code = 0;  // of a status
  std::string rest;
};

class SftpServerTest : public testing::Test {
 protected:
  SftpServerTest() {
    std::string name = (fs::temp_directory_path() / "sluis_sftp_XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder");
    base_ = name;
    for (const char* folder : {"inbox", "test", "outbox"}) fs::create_directory(base_ / folder);
    folder_.emplace(openFile(base_, O_RDONLY | O_DIRECTORY), Limits{.maxFileBytes = 1 << 20, .quotaBytes = 1 << 22});
    server_.emplace("p0001", *folder_);
  }
  ~SftpServerTest() override {
    server_.reset();
    fs::remove_all(base_);
  }

  /// Sends and returns all replies.
  std::vector<Reply> ask(const std::string& bytes) {
    EXPECT_EQ(server_->receive(asBytes(bytes)), bytes.size());
    return replies();
  }
  Reply begin() { return ask(init()).at(0); }
  std::vector<Reply> replies() {
    std::vector<Reply> all;
    BytesView pending = server_->pending();
    while (!pending.empty()) {
      const Frame frame = nextFrame(pending);
      EXPECT_EQ(frame.kind, Frame::Kind::whole);
      if (frame.kind != Frame::Kind::whole) break;
      Fields fields(frame.body);
      Reply reply{.type = fields.u8(), .id = fields.u32(), .code = 0, .rest = std::string(asText(fields.rest()))};
      if (reply.type == 101) reply.code = fields.u32();
      all.push_back(std::move(reply));
      pending = pending.subspan(frame.length);
    }
    server_->sent(server_->pending().size());
    return all;
  }
  std::string openFor(std::uint32_t flags, std::string_view path) {
    const Reply reply = ask(packet(3, number(1) + text(path) + number(flags) + number(0))).at(0);
    EXPECT_EQ(reply.type, 102) << path;
    return reply.rest;  // the handle with its length
  }

  fs::path base_;
  std::optional<ProviderFolder> folder_;
  std::optional<SftpServer> server_;
};

TEST_F(SftpServerTest, SpeaksVersionThreeAndTellsItsExtensions) {
  const Reply reply = begin();
  EXPECT_EQ(reply.type, 2);
  EXPECT_EQ(reply.id, 3U);
  for (const char* name : {"posix-rename@openssh.com", "fsync@openssh.com", "limits@openssh.com"})
    EXPECT_NE(reply.rest.find(name), std::string::npos) << name;
}

TEST_F(SftpServerTest, WhatDoesNotBeginWithInitIsLost) {
  const std::string stat = packet(17, number(1) + text("/"));
  server_->receive(asBytes(stat));
  EXPECT_TRUE(server_->lost());
  EXPECT_TRUE(server_->pending().empty());
}

TEST_F(SftpServerTest, AllPacketsInOnePieceAreAnsweredAndAHalfOneWaits) {
  begin();
  const std::string stat = packet(17, number(1) + text("inbox"));
  const std::string bytes = stat + stat + stat + stat.substr(0, 7);
  EXPECT_EQ(server_->receive(asBytes(bytes)), 3 * stat.size());
  EXPECT_EQ(replies().size(), 3U);
}

TEST_F(SftpServerTest, EveryRequestIsAnsweredWithItsNumber) {
  begin();
  for (int type = 2; type < 256; ++type) {
    const auto replies = ask(packet(type, number(static_cast<std::uint32_t>(type) + 1000)));
    ASSERT_EQ(replies.size(), 1U) << type;
    EXPECT_EQ(replies[0].type, 101) << type;
    EXPECT_EQ(replies[0].id, static_cast<std::uint32_t>(type) + 1000) << type;
    EXPECT_NE(replies[0].code, 0U) << type;
  }
  EXPECT_FALSE(server_->lost());
}

TEST_F(SftpServerTest, AnUnknownRequestIsUnsupported) {
  begin();
  EXPECT_EQ(ask(packet(77, number(1))).at(0).code, 8U);
  EXPECT_EQ(ask(packet(200, number(1) + text("what@example.org"))).at(0).code, 8U);
}

TEST_F(SftpServerTest, AFileIsWrittenThroughItsHandle) {
  begin();
  const std::string handle = openFor(kOpenWrite | kOpenCreate | kOpenTruncate, "inbox/a");
  EXPECT_EQ(ask(packet(6, number(2) + handle + number(0) + number(0) + text("abc"))).at(0).code, 0U);
  EXPECT_EQ(ask(packet(4, number(3) + handle)).at(0).code, 0U);
  EXPECT_EQ(readFile(base_ / "inbox/a"), "abc");
  EXPECT_EQ(ask(packet(6, number(4) + handle + number(0) + number(0) + text("abc"))).at(0).code, 4U);
  EXPECT_EQ(ask(packet(4, number(5) + handle)).at(0).code, 4U);
}

TEST_F(SftpServerTest, AHandleOfAnotherKindOrTimeDoesNotFit) {
  begin();
  const std::string upload = openFor(kOpenWrite | kOpenCreate, "inbox/a");
  EXPECT_EQ(ask(packet(12, number(2) + upload)).at(0).code, 4U);
  ask(packet(4, number(3) + upload));
  const std::string next = openFor(kOpenWrite | kOpenCreate, "inbox/b");
  EXPECT_NE(next, upload);
  EXPECT_EQ(ask(packet(6, number(4) + upload + number(0) + number(0) + text("x"))).at(0).code, 4U);
  for (const std::string& handle : {""s, "x"s, std::string(8, '\xff'), std::string(300, 'x')})
    EXPECT_EQ(ask(packet(4, number(5) + text(handle))).at(0).code, 4U);
}

TEST_F(SftpServerTest, AnUploadOpenedForReadingTooIsOnlyWritten) {
  std::ofstream(base_ / "inbox/a") << "first half,";
  begin();
  const std::string handle = openFor(kOpenRead | kOpenWrite, "inbox/a");
  const Reply read = ask(packet(5, number(2) + handle + number(0) + number(0) + number(10))).at(0);
  EXPECT_EQ(read.type, 101);
  EXPECT_EQ(read.code, 3U);
  EXPECT_EQ(ask(packet(6, number(3) + handle + number(0) + number(11) + text("second"))).at(0).code, 0U);
  EXPECT_EQ(ask(packet(4, number(4) + handle)).at(0).code, 0U);
  EXPECT_EQ(readFile(base_ / "inbox/a"), "first half,second");
  // Not for writing, whatever else it asks for.
  for (const std::uint32_t flags : {kOpenRead, kOpenRead | kOpenCreate, kOpenRead | kOpenAppend})
    EXPECT_EQ(ask(packet(3, number(5) + text("inbox/a") + number(flags) + number(0))).at(0).code, 3U) << flags;
}

TEST_F(SftpServerTest, ReadsEndWithEof) {
  std::ofstream(base_ / "outbox/r") << "receipt";
  begin();
  const std::string handle = openFor(kOpenRead, "outbox/r");
  const Reply data = ask(packet(5, number(2) + handle + number(0) + number(3) + number(0xffffffff))).at(0);
  EXPECT_EQ(data.type, 103);
  EXPECT_EQ(data.rest, text("eipt"));
  EXPECT_EQ(ask(packet(5, number(2) + handle + number(0) + number(7) + number(10))).at(0).code, 1U);
  EXPECT_NE(ask(packet(5, number(2) + handle + number(0xffffffff) + number(7) + number(10))).at(0).code, 0U);
}

TEST_F(SftpServerTest, TakesNoMoreRequestsWhileRepliesPileUp) {
  std::ofstream(base_ / "outbox/r") << std::string(200000, 'x');
  begin();
  const std::string handle = openFor(kOpenRead, "outbox/r");
  std::string heap;
  for (int i = 0; i < 100; ++i) heap += packet(5, number(2) + handle + number(0) + number(0) + number(200000));
  const std::size_t taken = server_->receive(asBytes(heap));
  EXPECT_LT(taken, heap.size() / 10);
  EXPECT_TRUE(server_->congested());
  EXPECT_LT(server_->pending().size(), 1U << 20);
  EXPECT_EQ(server_->receive(asBytes(heap).subspan(taken)), 0U);
  server_->sent(server_->pending().size());
  EXPECT_FALSE(server_->congested());
  EXPECT_GT(server_->receive(asBytes(heap).subspan(taken)), 0U);
}

TEST_F(SftpServerTest, AnOpenFileThatIsRenamedIsWrittenOn) {
  begin();
  const std::string handle = openFor(kOpenWrite | kOpenCreate, "inbox/.a.part");
  ask(packet(6, number(2) + handle + number(0) + number(0) + text("ab")));
  EXPECT_EQ(ask(packet(18, number(3) + text("inbox/.a.part") + text("inbox/a"))).at(0).code, 0U);
  EXPECT_EQ(ask(packet(6, number(4) + handle + number(0) + number(2) + text("c"))).at(0).code, 0U);
  EXPECT_EQ(ask(packet(4, number(5) + handle)).at(0).code, 0U);
  EXPECT_EQ(readFile(base_ / "inbox/a"), "abc");
  // Too much, after the rename: the file is gone under its new name.
  const std::string again = openFor(kOpenWrite, "inbox/a");
  ask(packet(18, number(3) + text("inbox/a") + text("inbox/b")));
  EXPECT_EQ(ask(packet(6, number(4) + again + number(1) + number(0) + text("c"))).at(0).code, 4U);
  EXPECT_FALSE(fs::exists(base_ / "inbox/b"));
  EXPECT_FALSE(server_->takeNotices().empty());
}

TEST_F(SftpServerTest, NoFileIsMadeWhenAllHandlesAreInUse) {
  begin();
  for (std::size_t i = 0; i < SftpServer::kMaxHandles; ++i) openFor(kOpenWrite | kOpenCreate, "inbox/a");
  EXPECT_EQ(ask(packet(3, number(1) + text("inbox/b") + number(kOpenWrite | kOpenCreate) + number(0))).at(0).code, 4U);
  EXPECT_FALSE(fs::exists(base_ / "inbox/b"));
}

TEST_F(SftpServerTest, ALongListingComesInPieces) {
  for (int i = 0; i < 300; ++i) std::ofstream(base_ / "outbox" / ("f" + std::to_string(i)));
  begin();
  const std::string handle = ask(packet(11, number(1) + text("outbox"))).at(0).rest;
  std::size_t names = 0;
  for (;;) {
    const Reply reply = ask(packet(12, number(2) + handle)).at(0);
    if (reply.type == 101) {
      EXPECT_EQ(reply.code, 1U);
      break;
    }
    Fields fields(asBytes(reply.rest));
    names += fields.u32();
  }
  EXPECT_EQ(names, 302U);  // with "." and ".."
}

TEST_F(SftpServerTest, TheLimitsAreTold) {
  begin();
  const Reply reply = ask(packet(200, number(1) + text("limits@openssh.com"))).at(0);
  EXPECT_EQ(reply.type, 201);
  Fields fields(asBytes(reply.rest));
  EXPECT_EQ(fields.u64(), kMaxFrame);
  EXPECT_EQ(fields.u64(), kMaxData);
  EXPECT_EQ(fields.u64(), kMaxData);
  EXPECT_EQ(fields.u64(), SftpServer::kMaxHandles);
  EXPECT_TRUE(fields.all());
}

}  // namespace
}  // namespace sluis::gate
