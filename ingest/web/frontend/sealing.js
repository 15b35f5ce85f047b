// Seals a response with age for the consultation's recipients. Loaded after the first page is painted.
import { Encrypter } from "age-encryption";

/**
 * @param {string} text
 * @param {string[]} recipients
 * @returns {Promise<Uint8Array>} an age file
 */
export function seal(text, recipients) {
  const encrypter = new Encrypter();
  for (const recipient of recipients) {
    encrypter.addRecipient(recipient);
  }
  return encrypter.encrypt(text);
}
