// Codes of a second factor (RFC 6238: SHA-1, 30 s, 6 digits), as an app would show them.
import { createHmac } from "node:crypto";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

function bytesOf(base32) {
  let bits = 0;
  let held = 0;
  const bytes = [];
  for (const letter of base32.replace(/[\s=]/g, "").toUpperCase()) {
    bits = (bits << 5) | ALPHABET.indexOf(letter);
    held += 5;
    if (held >= 8) {
      held -= 8;
      bytes.push((bits >> held) & 255);
      bits &= (1 << held) - 1;
    }
  }
  return Buffer.from(bytes);
}

export function totp(secret, step) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac("sha1", bytesOf(secret)).update(counter).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, "0");
}

export const stepNow = () => Math.floor(Date.now() / 30000);
