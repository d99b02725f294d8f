// The certificate of the portal, checked here against the sandbox's own authority and for this name; the browser is
// then told to trust that one key and no other.
import { createHash, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect } from "node:tls";

export function keyOf(url, caFile) {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port || 443), servername: /^[\d.]+$/.test(hostname) ? "" : hostname,
                             ca: readFileSync(caFile) }, () => {
      const key = new X509Certificate(socket.getPeerCertificate().raw).publicKey.export({ type: "spki", format: "der" });
      socket.destroy();
      resolve(createHash("sha256").update(key).digest("base64"));
    });
    socket.on("error", reject);
  });
}
