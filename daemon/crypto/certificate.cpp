#include "crypto/certificate.h"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>

#include "crypto/der.h"
#include "crypto/openssl.h"

namespace sluis::crypto {

namespace {

using namespace std::string_literals;
using X509Owned = Owned<X509, X509_free>;

constexpr std::size_t kLongestCertificate = 64 << 10;

// An encrypted PEM must be refused, not asked about on the terminal.
int noPassword(char*, int, int, void*) {
  return 0;
}

Result<X509Owned, std::string> read(BytesView bytes) {
  if (bytes.size() > kLongestCertificate) return failure("Het certificaatbestand is te groot."s);
  if (asText(bytes).find("-----BEGIN ") == std::string_view::npos) {
    const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
    const auto* end = at + bytes.size();
    X509Owned certificate(d2i_X509(nullptr, &at, static_cast<long>(bytes.size())));
    if (!certificate || at != end) return failure("Dit is geen certificaat (PEM of DER)."s);
    return certificate;
  }
  const Owned<BIO, BIO_free_all> source(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
  if (!source) throwOpenssl("cannot read a certificate");
  X509Owned certificate(PEM_read_bio_X509(source.get(), nullptr, noPassword, nullptr));
  if (!certificate) return failure("Dit is geen certificaat (PEM of DER)."s);
  if (X509Owned(PEM_read_bio_X509(source.get(), nullptr, noPassword, nullptr)))
    return failure("Er staat meer dan een certificaat in; geef alleen dat van de ondertekenaar."s);
  return certificate;
}

template <typename T, typename Write>
Bytes derOf(const T* object, Write write) {
  const int size = write(object, nullptr);
  if (size <= 0) throwOpenssl("cannot write DER");
  Bytes bytes(static_cast<std::size_t>(size));
  auto* out = reinterpret_cast<unsigned char*>(bytes.data());
  write(object, &out);
  return bytes;
}

std::string nameOf(const X509_NAME* name) {
  const Owned<BIO, BIO_free_all> text(BIO_new(BIO_s_mem()));
  // RFC 2253 with UTF-8 left readable; control characters stay escaped.
  constexpr unsigned long kForm = XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB);
  if (!text || X509_NAME_print_ex(text.get(), name, 0, kForm) < 0) throwOpenssl("cannot print a name");
  char* data = nullptr;
  const long size = BIO_get_mem_data(text.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

bool instantOf(const ASN1_TIME* time, Instant& instant) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return false;
  instant = Instant(std::chrono::seconds(::timegm(&parts)));
  return true;
}

std::string hexOf(const ASN1_INTEGER* serial) {
  const Owned<BIGNUM, BN_free> number(ASN1_INTEGER_to_BN(serial, nullptr));
  if (!number) throwOpenssl("cannot read a serial number");
  Bytes bytes(static_cast<std::size_t>(std::max(BN_num_bytes(number.get()), 1)));
  BN_bn2bin(number.get(), reinterpret_cast<unsigned char*>(bytes.data()));
  return toHex(bytes);
}

}  // namespace

Bytes issuerAndSerialDer(const X509_name_st* issuer, const asn1_string_st* serial) {
  Bytes content = derOf(issuer, i2d_X509_NAME);
  const Bytes number = derOf(serial, i2d_ASN1_INTEGER);
  content.insert(content.end(), number.begin(), number.end());
  Bytes der;
  appendDer(der, kDerSequence, content);
  return der;
}

Result<Certificate, std::string> Certificate::parse(BytesView bytes) {
  Result<X509Owned, std::string> certificate = read(bytes);
  ERR_clear_error();
  if (!certificate) return failure(certificate.error());
  X509* const x509 = certificate->get();
  EVP_PKEY* const pkey = X509_get_pubkey(x509);
  ERR_clear_error();
  if (pkey == nullptr)
    return failure("De sleutel in het certificaat wordt niet ondersteund; neem RSA, ECDSA of Ed25519."s);
  Result<PublicKey, std::string> key = PublicKey::adopt(pkey);
  if (!key) return failure(key.error());
  Certificate out{.key = std::move(*key)};
  if (!instantOf(X509_get0_notBefore(x509), out.notBefore) || !instantOf(X509_get0_notAfter(x509), out.notAfter))
    return failure("De geldigheidsduur in het certificaat is onleesbaar."s);
  out.der = derOf(x509, i2d_X509);
  out.fingerprint = sha256(out.der);
  out.subject = nameOf(X509_get_subject_name(x509));
  out.issuer = nameOf(X509_get_issuer_name(x509));
  out.serial = hexOf(X509_get0_serialNumber(x509));
  out.issuerAndSerial = issuerAndSerialDer(X509_get_issuer_name(x509), X509_get0_serialNumber(x509));
  if (const ASN1_OCTET_STRING* id = X509_get0_subject_key_id(x509); id != nullptr) {
    const auto* data = reinterpret_cast<const std::byte*>(ASN1_STRING_get0_data(id));
    out.subjectKeyId.assign(data, data + ASN1_STRING_length(id));
  }
  ERR_clear_error();
  return out;
}

std::string Certificate::fingerprintText() const {
  return "SHA256:" + toHex(fingerprint);
}

}  // namespace sluis::crypto
