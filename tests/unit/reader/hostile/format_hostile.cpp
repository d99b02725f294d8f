// A format plugin that was taken over by its input: does whatever the first line of the delivery asks for.
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "plugin/format.h"
#include "plugin/plugin.h"

namespace {

using namespace sluis::plugin;

class HostileReader final : public FormatReader {
 public:
  void read(ByteSource& source, std::string_view layout, BatchSink& sink) override {
    std::array<char, 64> buffer{};
    const std::string wish(buffer.data(), source.read(buffer));
    const std::vector<std::string> columns = {"a", "b"};
    if (wish == "layout") return sink.header(std::vector<std::string>{std::string(layout)}, "layout");
    sink.header(columns, "detected \x1b[31m 123456789");
    if (wish == "crash") ::raise(SIGSEGV);
    if (wish == "abort") std::abort();
    if (wish == "exit") ::_exit(0);
    if (wish == "throw") throw std::runtime_error("111222333");
    if (wish == "spin")
      for (std::uint64_t i = 0;; ++i) asm volatile("" : : "r"(i));
    if (wish == "sleep")
      while (::read(3, buffer.data(), buffer.size()) > 0) {
      }
    if (wish == "write" && ::write(3, "x", 1) >= 0) answer(sink, "written");
    if (wish == "again") return answer(sink, std::string_view(buffer.data(), source.readAt(1, buffer)));
    if (wish == "open" && ::open("/etc/passwd", O_RDONLY) >= 0) answer(sink, "opened");
    if (wish == "socket" && ::socket(AF_INET, SOCK_STREAM, 0) >= 0) answer(sink, "connected");
    if (wish == "fork" && ::fork() >= 0) answer(sink, "forked");
    if (wish == "environment") return answer(sink, ::getenv("PATH") == nullptr ? "none" : "some");
    if (wish == "eat")
      for (std::vector<std::unique_ptr<char[]>> eaten;;) eaten.push_back(std::make_unique<char[]>(1 << 20));
    if (wish == "unreadable") throw Unreadable("bsn 111222333\n\x1b[31m " + std::string(2000, 'x'), 7);
    if (wish == "far") commit(sink, {4, 1U << 30}, 1, 2);
    if (wish == "down") commit(sink, {9, 4}, 1, 2);
    if (wish == "rows") commit(sink, {1, 2}, 1U << 31, 2);
    if (wish == "columns") commit(sink, {1, 2, 3}, 1, 3);
    if (wish == "nocolumns") commit(sink, {}, 5, 0);
    if (wish == "flood")
      for (;;) commit(sink, {1, 2}, 1, 2);
    answer(sink, "done");
  }

 private:
  static void commit(BatchSink& sink, const std::vector<std::uint32_t>& ends, std::uint32_t rows,
                     std::uint32_t columns) {
    const BatchBuffer buffer = sink.acquire();
    std::copy(ends.begin(), ends.end(), buffer.ends.begin());
    sink.commit(rows, columns);
  }
  static void answer(BatchSink& sink, std::string_view text) {
    RowWriter writer(sink, 2);
    writer.cell(text);
    writer.cell("");
    writer.endRow();
    writer.finish();
  }
};

}  // namespace

const Descriptor* sluis_plugin() {
  static const Descriptor descriptor = {kPluginApi,
                                        "format",
                                        "hostile",
                                        "1",
                                        []() -> void* { return static_cast<FormatReader*>(new HostileReader); },
                                        [](void* instance) { delete static_cast<FormatReader*>(instance); }};
  return &descriptor;
}
