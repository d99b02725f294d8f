#include "smtp/tls.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <Poco/Exception.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/IPAddress.h>
#include <Poco/Net/SecureStreamSocket.h>

namespace sluis::channel_smtp {

namespace {

using Poco::Net::Context;

Context::Ptr contextFor(const SmtpSettings& settings) {
  Context::Params params;
  params.caLocation = settings.caFile;
  params.loadDefaultCAs = settings.caFile.empty();
  // Not VERIFY_RELAXED: with that Poco skips the host name of a server on this machine.
  params.verificationMode = Context::VERIFY_STRICT;
  params.cipherList = "HIGH:!aNULL:!eNULL:!MD5:!RC4:!3DES:!PSK:!SRP";
  Context::Ptr context = new Context(Context::TLS_CLIENT_USE, params);
  context->requireMinimumProtocol(Context::PROTO_TLSV1_2);
  // Inside the handshake, so that a wrong server never gets as far as hearing us. Poco's own check comes on top.
  X509_VERIFY_PARAM* verify = SSL_CTX_get0_param(context->sslContext());
  X509_VERIFY_PARAM_set_hostflags(verify, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  Poco::Net::IPAddress address;
  const bool literal = Poco::Net::IPAddress::tryParse(settings.host, address);
  const int set = literal ? X509_VERIFY_PARAM_set1_ip_asc(verify, settings.host.c_str())
                          : X509_VERIFY_PARAM_set1_host(verify, settings.host.c_str(), settings.host.size());
  if (set != 1) throw Poco::InvalidArgumentException("the host name cannot be checked");
  return context;
}

}  // namespace

Poco::Net::StreamSocket secured(Poco::Net::StreamSocket& plain, const SmtpSettings& settings) {
  Poco::Net::SecureStreamSocket socket =
      Poco::Net::SecureStreamSocket::attach(plain, settings.host, contextFor(settings));
  socket.completeHandshake();
  socket.verifyPeerCertificate(settings.host);
  return socket;
}

}  // namespace sluis::channel_smtp
