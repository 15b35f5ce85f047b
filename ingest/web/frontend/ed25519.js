// Checks signatures in browsers whose WebCrypto has no Ed25519. Loaded by those alone.
import { ed25519 } from "@noble/curves/ed25519.js";

/** @type {import("./receipts.js").Verifier} */
export function verify(signature, message, key) {
  return ed25519.verify(signature, message, key);
}
