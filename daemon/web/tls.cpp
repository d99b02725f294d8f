#include "web/tls.h"

#include <Poco/Exception.h>

#include "base/error.h"
#include "base/file.h"

namespace sluis::web {

Poco::Net::Context::Ptr serverContext(const std::filesystem::path& certificate, const std::filesystem::path& key) {
  using Poco::Net::Context;
  // Poco would ask for a password on the terminal.
  if (readFile(key, 1 << 20).find("ENCRYPTED") != std::string::npos)
    throw Error(ErrorKind::config, "the portal's key " + key.string() + " has a password",
                "keep it without one, readable by the portal's account only");
  readFile(certificate, 1 << 20);
  try {
    Context::Params params;
    params.certificateFile = certificate.string();
    params.privateKeyFile = key.string();
    params.verificationMode = Context::VERIFY_NONE;  // of clients: they sign in with more than a certificate
    params.loadDefaultCAs = false;
    params.cipherList = "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL:!PSK";
    params.ecdhCurve = "X25519:P-256:P-384";
    Context::Ptr context(new Context(Context::TLS_SERVER_USE, params));
    if (SSL_CTX_check_private_key(context->sslContext()) != 1)
      throw Poco::InvalidArgumentException("they do not belong together");
    context->requireMinimumProtocol(Context::PROTO_TLSV1_2);
    context->preferServerCiphers();
    context->enableSessionCache(true, "sluis-portal");
    context->setSessionCacheSize(256);
    // An idle connection must not keep two records' worth of memory; Poco has no name for this.
    SSL_CTX_set_mode(context->sslContext(), SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_options(context->sslContext(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    return context;
  } catch (const Poco::Exception& failed) {
    throw Error(ErrorKind::config, "the portal's certificate " + certificate.string() + " and key " + key.string() +
                                       " cannot be used: " + failed.displayText());
  }
}

}  // namespace sluis::web
