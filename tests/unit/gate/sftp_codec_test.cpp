#include "gate/sftp_codec.h"

#include <gtest/gtest.h>

namespace sluis::gate {
namespace {

using namespace std::string_literals;

std::string number(std::uint32_t value) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(value >> shift);
  return text;
}

TEST(SftpFrame, IsIncompleteUntilItsLastByte) {
  const std::string frame = number(5) + "\x01\x00\x00\x00\x03"s;
  for (std::size_t size = 0; size < frame.size(); ++size)
    EXPECT_EQ(nextFrame(asBytes(frame.substr(0, size))).kind, Frame::Kind::incomplete);
  const Frame whole = nextFrame(asBytes(frame + "next"));
  EXPECT_EQ(whole.kind, Frame::Kind::whole);
  EXPECT_EQ(whole.body.size(), 5U);
  EXPECT_EQ(whole.length, 9U);
}

TEST(SftpFrame, ALengthThatCannotBeIsKnownFromItsFourBytes) {
  EXPECT_EQ(nextFrame(asBytes(number(0))).kind, Frame::Kind::broken);
  EXPECT_EQ(nextFrame(asBytes(number(kMaxFrame + 1))).kind, Frame::Kind::broken);
  EXPECT_EQ(nextFrame(asBytes(number(0xffffffff))).kind, Frame::Kind::broken);
  EXPECT_EQ(nextFrame(asBytes(number(kMaxFrame))).kind, Frame::Kind::incomplete);
}

TEST(SftpFields, AreReadInOrder) {
  const std::string body = "\x07"s + number(77) + number(0) + number(5) + number(3) + "abc";
  Fields fields(asBytes(body));
  EXPECT_EQ(fields.u8(), 7);
  EXPECT_EQ(fields.u32(), 77U);
  EXPECT_EQ(fields.u64(), 5U);
  EXPECT_EQ(fields.text(), "abc");
  EXPECT_TRUE(fields.all());
  EXPECT_TRUE(fields.rest().empty());
}

TEST(SftpFields, AFieldBeyondThePacketEmptiesAllThatFollow) {
  const std::string body = number(4) + "abc" + number(1);
  Fields fields(asBytes(body));
  EXPECT_EQ(fields.text(), "abc\0"s);
  fields.u64();
  EXPECT_FALSE(fields.all());
  EXPECT_EQ(fields.u32(), 0U);
  EXPECT_EQ(fields.text(), "");
  const std::string giant = number(0xfffffff0);
  Fields hostile(asBytes(giant));
  EXPECT_EQ(hostile.text(), "");
  EXPECT_FALSE(hostile.all());
}

TEST(SftpFields, AttributesAreReadByTheirFlags) {
  const std::string body = number(0x8000000f) + number(0) + number(9) + number(1) + number(2) + number(0644) +
                           number(100) + number(200) + number(1) + number(1) + "n" + number(1) + "v";
  Fields fields(asBytes(body));
  const Attributes attributes = fields.attributes();
  EXPECT_TRUE(fields.all());
  EXPECT_TRUE(fields.rest().empty());
  EXPECT_EQ(attributes.size, 9U);
  EXPECT_EQ(attributes.permissions, 0644U);
  EXPECT_EQ(attributes.accessed, 100U);
  EXPECT_EQ(attributes.modified, 200U);
}

TEST(SftpFields, AGiantCountOfExtendedAttributesEndsWithThePacket) {
  const std::string body = number(0x80000000) + number(0xffffffff) + number(0) + number(0);
  Fields fields(asBytes(body));
  fields.attributes();
  EXPECT_FALSE(fields.all());
}

TEST(SftpReplies, AStatusHasTheFormOfTheDraft) {
  Replies replies;
  replies.status(7, Status::failure, "why");
  EXPECT_EQ(asText(replies.pending()),
            number(22) + "e"s + number(7) + number(4) + number(3) + "why" + number(2) + "en");
}

TEST(SftpReplies, WhatWasSentIsNotSentAgain) {
  Replies replies;
  replies.status(1, Status::ok, "");
  const std::string first(asText(replies.pending()));
  replies.sent(3);
  EXPECT_EQ(asText(replies.pending()), first.substr(3));
  replies.status(2, Status::ok, "");
  EXPECT_EQ(replies.pending().size(), 2 * first.size() - 3);
  replies.sent(replies.pending().size());
  EXPECT_TRUE(replies.pending().empty());
}

TEST(SftpReplies, ReadDataIsAsLongAsWhatWasRead) {
  Replies replies;
  EXPECT_TRUE(replies.data(9, 100, [](std::span<std::byte> room) -> std::optional<std::size_t> {
    EXPECT_EQ(room.size(), 100U);
    room[0] = std::byte{'x'};
    room[1] = std::byte{'y'};
    return 2;
  }));
  EXPECT_EQ(asText(replies.pending()), number(11) + "g"s + number(9) + number(2) + "xy");
  replies.sent(replies.pending().size());
  EXPECT_FALSE(replies.data(9, 100, [](std::span<std::byte>) -> std::optional<std::size_t> { return std::nullopt; }));
  EXPECT_TRUE(replies.pending().empty());
}

TEST(SftpReplies, ALongNameReadsLikeLs) {
  const Attributes attributes{.size = 1234, .permissions = 0100600, .accessed = 1000000000, .modified = 1000000000};
  EXPECT_EQ(longName({"a.csv", attributes}), "-rw-------    1 sluis    sluis            1234 Sep  9  2001 a.csv");
}

}  // namespace
}  // namespace sluis::gate
