// Checks the server's receipts: an Ed25519 signature over the canonical JSON of the receipt's other fields.
import { fromBase64 } from "./codes.js";

const PATIENCE = 30_000;

/**
 * @typedef {{ id: string, consultation: string, sha256: string, sequence: number, received_at: string,
 *   reference: string, key_id: string, signature: string }} Receipt
 * @typedef {(signature: Uint8Array, message: Uint8Array, key: Uint8Array) => boolean} Verifier
 */

/** The JSON of an answer of our server; null for anything else, such as the page of a captive portal. */
export async function jsonOf(response) {
  const type = response.headers.get("content-type") ?? "";
  if (!type.startsWith("application/json")) {
    return null;
  }
  try {
    return await response.json();
  } catch {
    return null;
  }
}

function signedContent(receipt) {
  const names = Object.keys(receipt).filter((name) => name !== "signature").sort();
  const sorted = JSON.stringify(Object.fromEntries(names.map((name) => [name, receipt[name]])));
  const escaped = (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return new TextEncoder().encode(sorted.replace(/[\u0080-\uffff]/g, escaped));
}

/**
 * A function that tells whether a receipt was signed by the server. It asks for the server's public keys when it is
 * first used, and again when it meets a key it does not know.
 * @param {(() => Promise<{ verify: Verifier }>) | null} fallback for browsers that cannot check Ed25519 themselves
 * @returns {(receipt: Receipt) => Promise<boolean>}
 */
export function receiptChecker(fallback) {
  /** @type {Map<string, Uint8Array>} */
  const keys = new Map();

  async function fetchKeys() {
    const response = await fetch("/api/keys", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    const answer = response.ok ? await jsonOf(response) : null;
    for (const { key_id, public_key } of answer?.keys ?? []) {
      keys.set(key_id, fromBase64(public_key));
    }
  }

  return async (receipt) => {
    try {
      if (!keys.has(receipt.key_id)) {
        await fetchKeys();
      }
      const key = keys.get(receipt.key_id);
      return key ? await signatureFits(fromBase64(receipt.signature), signedContent(receipt), key, fallback) : false;
    } catch {
      // A receipt that cannot be checked now is no receipt: what was sent is kept, and sent again later.
      return false;
    }
  };
}

async function signatureFits(signature, message, key, fallback) {
  try {
    const imported = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
    return await crypto.subtle.verify({ name: "Ed25519" }, imported, signature, message);
  } catch (error) {
    if (error?.name !== "NotSupportedError" || !fallback) {
      return false;
    }
    return (await fallback()).verify(signature, message, key);
  }
}
