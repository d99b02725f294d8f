// An X.509 certificate as we pin it: whose it is, how long it holds, and its key. No chains: registering a certificate
// is the trust (chains come with the trust work).
//
// Reads DER or PEM (one certificate); anything else is a Dutch reason. Never fetches anything.
#pragma once

#include <string>
#include <string_view>

#include "base/encoding.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "crypto/public_key.h"

struct X509_name_st;
struct asn1_string_st;

namespace sluis::crypto {

struct Certificate {
  Bytes der{};
  std::string subject{};  ///< RFC 2253, UTF-8
  std::string issuer{};
  std::string serial{};  ///< lower-case hex
  Instant notBefore{};
  Instant notAfter{};
  Sha256 fingerprint{};     ///< SHA-256 of the DER
  Bytes issuerAndSerial{};  ///< DER of CMS IssuerAndSerialNumber (RFC 5652 §10.2.4)
  Bytes subjectKeyId{};     ///< the extension's bytes; empty when there is none
  PublicKey key;

  /// DER or PEM, exactly one.
  static Result<Certificate, std::string> parse(BytesView bytes);
  /// "SHA256:ab12…", lower-case hex: how the register and the receipts name it.
  std::string fingerprintText() const;
};

/// DER of CMS IssuerAndSerialNumber, from OpenSSL's own objects (for crypto/ and the cms plugin).
Bytes issuerAndSerialDer(const X509_name_st* issuer, const asn1_string_st* serial);

}  // namespace sluis::crypto
