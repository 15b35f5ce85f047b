// Hashes, change codes and references: the same as schemas/change_code.py and schemas/receipts.py make.
const ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789";
const CODE_LENGTH = 20;

/** @param {Uint8Array | string} content @returns {Promise<Uint8Array>} */
export async function sha256(content) {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/** @param {Uint8Array} bytes */
function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {Uint8Array | string} content */
export async function sha256Hex(content) {
  return hex(await sha256(content));
}

/** @param {Uint8Array} bytes */
export function toBase64(bytes) {
  let text = "";
  for (let start = 0; start < bytes.length; start += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
  }
  return btoa(text);
}

/** @param {string} text */
export function fromBase64(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

/** Whoever has this code may replace or withdraw the response. */
export function newChangeCode() {
  let code = "";
  while (code.length < CODE_LENGTH) {
    for (const byte of crypto.getRandomValues(new Uint8Array(CODE_LENGTH * 2))) {
      // 240 is the last multiple of 30: the rest would make some letters likelier.
      if (byte < 240 && code.length < CODE_LENGTH) {
        code += ALPHABET[byte % ALPHABET.length];
      }
    }
  }
  return code;
}

/** @param {string} code */
export function changeKeyOf(code) {
  return sha256Hex(`yoursay change code:${code}`);
}

/** `ABCDE-FGHJK-MNPQR-STVWX`, as a person reads it. @param {string} code */
export function shownCode(code) {
  return code.match(/.{5}/g).join("-");
}

/** The code in what a person typed; null where it cannot be one. @param {string} text */
export function typedCode(text) {
  const letters = text.slice(0, 80).toUpperCase().replace(/[^A-Z0-9]/g, "");
  return letters.length === CODE_LENGTH && [...letters].every((letter) => ALPHABET.includes(letter)) ? letters : null;
}

/** The reference in what a person typed; null where it cannot be one. @param {string} text */
export function typedReference(text) {
  const letters = text.slice(0, 40).toUpperCase().replace(/[^A-Z0-9]/g, "");
  const fits = letters.length === 8 && [...letters].every((letter) => ALPHABET.includes(letter));
  return fits ? `${letters.slice(0, 4)}-${letters.slice(4)}` : null;
}

/** @param {string} consultation @param {string} id */
export async function referenceOf(consultation, id) {
  const digest = await sha256(`${consultation}/${id}`);
  let number = digest.slice(0, 8).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  let letters = "";
  for (let position = 0; position < 8; position += 1) {
    letters += ALPHABET[Number(number % 30n)];
    number /= 30n;
  }
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}
