// smtp_server.py as a child process, and the certificates it needs; both gone when the test is.
#pragma once

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/file.h"
#include "support/command.h"
#include "support/temp_dir.h"

namespace sluis::test {

/// A certification authority of the test's own.
class Authority {
 public:
  Authority() {
    run({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=test", "-keyout", "ca.key", "-out", "ca.pem"});
  }
  std::string caFile() const { return (folder_ / "ca.pem").string(); }
  std::string keyFile(const std::string& name) const { return (folder_ / (name + ".key")).string(); }
  std::string certFile(const std::string& name) const { return (folder_ / (name + ".pem")).string(); }

  /// A server certificate; `names` as OpenSSL takes subjectAltName ("DNS:localhost"). `days` < 0: expired.
  void issue(const std::string& name, const std::string& names, int days = 2) {
    writeFileDurably(folder_ / "ext", "subjectAltName=" + names + "\nextendedKeyUsage=serverAuth\n");
    run({"openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=localhost",
         "-keyout", keyFile(name), "-out", "request"});
    run({"openssl", "x509", "-req", "-in", "request", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days",
         std::to_string(days), "-extfile", "ext", "-out", certFile(name)});
  }

 private:
  void run(const std::vector<std::string>& words) const { runCommand(words, folder_.path()); }
  TempDir folder_;
};

class MailServer {
 public:
  explicit MailServer(const std::vector<std::string>& options) {
    std::vector<std::string> words = {"/usr/bin/python3",
                                      std::string(SLUIS_SOURCE_DIR) + "/tests/unit/channel_smtp/smtp_server.py",
                                      folder_.path().string()};
    words.insert(words.end(), options.begin(), options.end());
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe failed");
    child_ = ::fork();
    if (child_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::dup2(ends[1], 1);
      ::dup2(::open((folder_ / "log").c_str(), O_WRONLY | O_CREAT, 0600), 2);
      ::execv(argv[0], argv.data());
      ::_exit(127);
    }
    ::close(ends[1]);
    std::string line;
    for (char c = 0; ::read(ends[0], &c, 1) == 1 && c != '\n';) line += c;
    ::close(ends[0]);
    if (line.empty()) throw std::runtime_error("the mail server did not start (package python3-aiosmtpd)");
    port_ = line;
  }
  MailServer(const MailServer&) = delete;
  MailServer& operator=(const MailServer&) = delete;
  ~MailServer() {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }

  const std::string& port() const { return port_; }
  int taken() const {
    int count = 0;
    while (std::filesystem::exists(folder_ / (std::to_string(count + 1) + ".json"))) ++count;
    return count;
  }
  std::string content(int number) const { return readFile(folder_ / (std::to_string(number) + ".eml")); }
  std::string envelope(int number) const { return readFile(folder_ / (std::to_string(number) + ".json")); }

 private:
  TempDir folder_;
  std::string port_;
  pid_t child_ = -1;
};

}  // namespace sluis::test
