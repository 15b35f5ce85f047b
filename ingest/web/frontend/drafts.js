// Answers that are not sent yet. On the respondent's own device they are kept encrypted under a key that this browser
// made and that no script can read out; each draft has a key of its own in the database and a lock that one tab holds.
import { changeTogether, withDatabase } from "./store.js";

/**
 * @typedef {{ id: string, consultation: string, startedAt: string, answers: Record<string, string | string[]>,
 *   replaces: { reference: string, change_code: string } | null }} Draft
 * @typedef {{ iv: Uint8Array, data: ArrayBuffer }} Locked
 */

const DEVICE_KEY = "device";

/** @param {string} consultation @param {Date} now @returns {Draft} */
export function newDraft(consultation, now) {
  return { id: crypto.randomUUID(), consultation, startedAt: now.toISOString(), answers: {}, replaces: null };
}

async function deviceKey() {
  const known = await withDatabase((database) => database.get("keys", DEVICE_KEY));
  if (known) {
    return known;
  }
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  return withDatabase(async (database) => {
    const transaction = database.transaction("keys", "readwrite");
    // Another tab may have made one meanwhile: the first one stays.
    const first = await transaction.store.get(DEVICE_KEY);
    if (!first) {
      await transaction.store.put(made, DEVICE_KEY);
    }
    await transaction.done;
    return first ?? made;
  });
}

/** Encrypt under the device's key. @returns {Promise<Locked>} */
export async function lockUp(value) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = new TextEncoder().encode(JSON.stringify(value));
  return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await deviceKey(), text) };
}

/** What was encrypted under the device's key; null where that key is gone. @param {Locked} locked */
export async function unlock({ iv, data }) {
  try {
    const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, await deviceKey(), data);
    return JSON.parse(new TextDecoder().decode(text));
  } catch (error) {
    if (error?.name === "OperationError") {
      return null;
    }
    throw error;
  }
}

/** @param {Draft} draft */
export async function saveDraft(draft) {
  const locked = await lockUp(draft);
  const kept = { id: draft.id, consultation: draft.consultation, savedAt: Date.now(), ...locked };
  await changeTogether(["drafts"], (transaction) => transaction.objectStore("drafts").put(kept));
}

/** @param {string} id @returns {Promise<Draft | null>} */
export async function readDraft(id) {
  const kept = await withDatabase((database) => database.get("drafts", id));
  return kept ? unlock(kept) : null;
}

/** The drafts of a consultation, the newest first; nothing of what they say. */
export async function draftsOf(consultation) {
  const all = await withDatabase((database) => database.getAll("drafts"));
  const own = all.filter((one) => one.consultation === consultation);
  return own.map(({ id, savedAt }) => ({ id, savedAt })).sort((one, other) => other.savedAt - one.savedAt);
}

/** @param {string} id */
export function dropDraft(id) {
  return changeTogether(["drafts"], (transaction) => transaction.objectStore("drafts").delete(id));
}

/**
 * Take a draft for this tab until it is closed or `release` is called. Two tabs never write one draft.
 * @param {string} id
 * @returns {Promise<(() => void) | null>} release; null where another tab has it
 */
export function holdDraft(id) {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(`yoursay-draft-${id}`, { ifAvailable: true }, (lock) => {
        if (!lock) {
          resolve(null);
          return undefined;
        }
        return new Promise((release) => resolve(release));
      })
      .catch(reject);
  });
}
