// What is sealed and not yet received. A response is on the disk of the device before any network call, one sender at a
// time sends, and the copy goes only after the server's receipt was checked. Used by the pages and by the worker.
import { jsonOf, receiptChecker } from "./receipts.js";
import { changeTogether, withDatabase } from "./store.js";

/**
 * @typedef {{ id: string, consultation: string, envelope: object, sha256: string, reference: string, madeAt: number,
 *   closesAt: string, clockShiftSeconds: number, own: boolean, state: "waiting" | "refused", reason: string,
 *   tries: number, notBefore: number, waitUntil: number }} Waiting
 * `notBefore` is our own back-off, which a new connection may cut short; `waitUntil` is what the server asked for.
 */

export const SYNC_TAG = "yoursay-outbox";
const LOCK = "yoursay-outbox";
const MAX_BATCH = 50;
const MAX_BATCH_LETTERS = 1_000_000;
const FIRST_DELAY = 2_000;
const LONGEST_DELAY = 15 * 60_000;
const PATIENCE = 30_000;
// Large answers need longer than that on a poor connection: 20 bytes in a millisecond are 160 kbit/s.
const BYTES_A_MILLISECOND = 20;
const TRY_LATER = new Set([408, 425, 429]);

const news = new BroadcastChannel("yoursay");

/** Hear of every change to the outbox, in any tab or the worker. */
export function onNews(listen) {
  const channel = new BroadcastChannel("yoursay");
  channel.addEventListener("message", (event) => listen(event.data));
}

function tell(message) {
  news.postMessage(message);
}

/** @returns {Promise<Waiting[]>} the oldest first */
export async function outbox() {
  const all = await withDatabase((database) => database.getAll("outbox"));
  return all.sort((one, other) => one.madeAt - other.madeAt);
}

/**
 * Put a sealed response into the outbox, and take its draft away, in one transaction.
 * @param {Waiting} waiting
 * @param {object | null} receipt what the respondent's own device remembers of it
 * @param {string} draftId
 */
export async function commit(waiting, receipt, draftId) {
  await changeTogether(["outbox", "drafts", "receipts"], (transaction) => [
    transaction.objectStore("outbox").put(waiting),
    transaction.objectStore("drafts").delete(draftId),
    ...(receipt ? [transaction.objectStore("receipts").put(receipt)] : []),
  ]);
  tell({ type: "changed" });
}

/** @param {string} id */
export async function dropWaiting(id) {
  await changeTogether(["outbox", "receipts"], (transaction) => [
    transaction.objectStore("outbox").delete(id),
    transaction.objectStore("receipts").delete(id),
  ]);
  tell({ type: "changed" });
}

/** Let a record that was set aside be tried again. @param {Waiting} waiting */
export async function tryAgain(waiting) {
  await changeTogether(["outbox"], (transaction) =>
    transaction.objectStore("outbox").put({ ...waiting, state: "waiting", reason: "", tries: 0, notBefore: 0 }),
  );
  tell({ type: "changed" });
}

/** The sealed file of these records, for staff to import. @param {Waiting[]} records */
export function sealedFile(records) {
  return JSON.stringify({ format: "yoursay-sealed-1", envelopes: records.map((one) => one.envelope) });
}

/**
 * Send what is due; only one tab or worker does so at a time.
 * @param {{ force?: boolean, fallback?: (() => Promise<{ verify: import("./receipts.js").Verifier }>) | null }} how
 *   force: do not wait for our own back-off
 * @returns {Promise<"done" | "busy">}
 */
export function flush({ force = false, fallback = null } = {}) {
  return navigator.locks.request(LOCK, { ifAvailable: true }, async (lock) => {
    if (!lock) {
      return "busy";
    }
    await sendAll(force, receiptChecker(fallback));
    return "done";
  });
}

async function sendAll(force, isGenuine) {
  const tried = new Set();
  for (;;) {
    const due = (await outbox()).filter((one) => !tried.has(one.id) && isDue(one, force));
    if (due.length === 0) {
      return;
    }
    const batch = firstBatch(due);
    batch.forEach((one) => tried.add(one.id));
    const away = await sendBatch(batch, isGenuine);
    if (away) {
      // The server cannot be reached: nothing else would fare better just now.
      await postpone(due, away);
      return;
    }
  }
}

function isDue(waiting, force) {
  const now = Date.now();
  // No wait is longer than the longest delay: a clock that was set back must not silence the outbox.
  const over = (moment) => moment <= now || moment > now + 2 * LONGEST_DELAY;
  return waiting.state === "waiting" && over(waiting.waitUntil) && (force || over(waiting.notBefore));
}

/** When the next record is due; null where none waits. */
export async function nextDue() {
  const waiting = (await outbox()).filter((one) => one.state === "waiting");
  return waiting.length ? Math.min(...waiting.map((one) => Math.max(one.notBefore, one.waitUntil))) : null;
}

function firstBatch(due) {
  const batch = [];
  let letters = 0;
  for (const one of due.filter(({ consultation }) => consultation === due[0].consultation)) {
    letters += one.envelope.sealed.length;
    if (batch.length === MAX_BATCH || (batch.length > 0 && letters > MAX_BATCH_LETTERS)) {
      break;
    }
    batch.push(one);
  }
  return batch;
}

/** Send records of one consultation. @returns {Promise<{ wait: number } | null>} not null: the server is away */
async function sendBatch(batch, isGenuine) {
  tell({ type: "sending", ids: batch.map(({ id }) => id) });
  const body = JSON.stringify({ envelopes: batch.map(withTime) });
  let response;
  let answer;
  try {
    response = await fetch(`/api/consultations/${batch[0].consultation}/submissions`, {
      method: "POST",
      body,
      headers: { "content-type": "application/json" },
      credentials: "omit",
      cache: "no-store",
      redirect: "error",
      signal: AbortSignal.timeout(PATIENCE + body.length / BYTES_A_MILLISECOND),
    });
    answer = await jsonOf(response);
  } catch {
    return { wait: 0 };
  }
  if (response.status === 200 && fits(answer, batch)) {
    for (const [position, one] of batch.entries()) {
      await settle(one, answer.results[position], isGenuine);
    }
    return null;
  }
  if (response.status < 400 || mayWorkLater(response.status) || typeof answer?.error !== "string") {
    return { wait: waitOf(response.headers.get("retry-after"), response.headers.get("date")) };
  }
  if (batch.length === 1) {
    await setAside(batch[0], answer.error);
    return null;
  }
  // Something in the batch is refused as a whole: each half is tried, so that the rest goes on.
  const middle = Math.ceil(batch.length / 2);
  return (await sendBatch(batch.slice(0, middle), isGenuine)) ?? (await sendBatch(batch.slice(middle), isGenuine));
}

function withTime({ envelope, clockShiftSeconds }) {
  const now = new Date(Date.now() + clockShiftSeconds * 1_000);
  return { ...envelope, device_time: now.toISOString(), device_offset_minutes: -new Date().getTimezoneOffset() };
}

function fits(answer, batch) {
  const results = answer?.results;
  return (
    Array.isArray(results) &&
    results.length === batch.length &&
    // The server names no id where it could not read one.
    results.every((result, position) => [batch[position].id, null].includes(result?.id ?? null))
  );
}

function mayWorkLater(status) {
  return TRY_LATER.has(status) || status >= 500;
}

async function settle(waiting, result, isGenuine) {
  const { status, receipt } = result;
  if ([200, 201, 409].includes(status)) {
    const ours = await isReceiptOf(waiting, receipt, status === 409, isGenuine);
    await (ours ? received(waiting, receipt, status === 409) : postpone([waiting], { wait: 0 }));
  } else if (Number.isInteger(status) && status >= 400 && status < 500 && !mayWorkLater(status)) {
    await setAside(waiting, typeof result.error === "string" ? result.error : "");
  } else {
    await postpone([waiting], { wait: waitOf(result.retry_after, null) });
  }
}

/** Whether the server promises to hold these bytes: after a conflict under an id that it made from ours. */
async function isReceiptOf(waiting, receipt, conflict, isGenuine) {
  const sameId = receipt?.id === waiting.id || (conflict && String(receipt?.id).startsWith(`${waiting.id}.`));
  return (
    sameId &&
    receipt.consultation === waiting.consultation &&
    receipt.sha256 === waiting.sha256 &&
    (await isGenuine(receipt))
  );
}

async function received(waiting, receipt, conflict) {
  const known = await withDatabase((database) => database.get("receipts", waiting.id));
  const { reference, received_at: receivedAt } = receipt;
  await changeTogether(["outbox", "receipts"], (transaction) => [
    transaction.objectStore("outbox").delete(waiting.id),
    ...(known ? [transaction.objectStore("receipts").put({ ...known, state: "received", reference, receivedAt })] : []),
  ]);
  tell({ type: "received", id: waiting.id, reference, receivedAt, conflict });
}

async function setAside(waiting, reason) {
  await change([{ id: waiting.id, state: "refused", reason }]);
  tell({ type: "refused", id: waiting.id, reason });
}

async function postpone(records, { wait }) {
  const now = Date.now();
  const changes = records.map(({ id, tries }) => {
    // Full jitter: many devices that lost the server together must not come back together.
    const delay = Math.random() * Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** Math.min(tries, 20));
    return { id, tries: tries + 1, notBefore: now + delay, waitUntil: wait ? now + wait : 0 };
  });
  await change(changes);
  tell({ type: "postponed", ids: records.map(({ id }) => id) });
}

/** Change records that still wait: what was deleted meanwhile is not brought back. */
function change(changes) {
  return withDatabase(async (database) => {
    const transaction = database.transaction("outbox", "readwrite", { durability: "strict" });
    for (const one of changes) {
      const known = await transaction.store.get(one.id);
      if (known?.state === "waiting") {
        await transaction.store.put({ ...known, ...one });
      }
    }
    await transaction.done;
  });
}

/** Milliseconds of a Retry-After, in seconds or as a date; 0 where there is none. */
function waitOf(value, serverDate) {
  const text = String(value ?? "").trim();
  if (/^\d+$/.test(text)) {
    return Math.min(Number(text) * 1_000, LONGEST_DELAY);
  }
  const moment = Date.parse(text);
  if (Number.isNaN(moment)) {
    return 0;
  }
  // The device's clock may be wrong: the date is compared with the server's own.
  const now = Date.parse(serverDate ?? "") || Date.now();
  return Math.min(Math.max(moment - now, 0), LONGEST_DELAY);
}
