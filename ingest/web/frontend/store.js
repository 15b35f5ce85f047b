// What is kept on the device: drafts and their key, the outbox, receipts. One IndexedDB database for page and worker.
import { openDB } from "idb";

const NAME = "yoursay";
const VERSION = 1;
// A closed connection, a transaction cut off by it, and what Safari says after it has shut a database down by itself.
const CLOSED = new Set(["InvalidStateError", "AbortError", "UnknownError"]);

/** @type {Promise<import("idb").IDBPDatabase> | undefined} */
let opened;

function open() {
  opened ??= openDB(NAME, VERSION, {
    upgrade(database) {
      database.createObjectStore("keys");
      database.createObjectStore("drafts", { keyPath: "id" });
      database.createObjectStore("outbox", { keyPath: "id" });
      database.createObjectStore("receipts", { keyPath: "id" });
    },
    // A newer version of this page, or "clear this device", must not wait for this tab.
    blocking(_current, _blocked, event) {
      event.target.close();
      opened = undefined;
    },
    terminated() {
      opened = undefined;
    },
  }).catch((error) => {
    opened = undefined;
    throw error;
  });
  return opened;
}

/**
 * Run `work` on the database. Browsers close it when memory is short: then it is opened again and `work` is run once
 * more, so `work` must be safe to repeat.
 * @template T
 * @param {(database: import("idb").IDBPDatabase) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withDatabase(work) {
  try {
    return await work(await open());
  } catch (error) {
    if (!CLOSED.has(error?.name)) {
      throw error;
    }
    opened = undefined;
    return work(await open());
  }
}

/**
 * Change several stores in one transaction that is on the disk when the promise resolves.
 * @param {string[]} stores
 * @param {(transaction: import("idb").IDBPTransaction) => unknown} change queues its requests, and waits for none
 */
export function changeTogether(stores, change) {
  return withDatabase(async (database) => {
    const transaction = database.transaction(stores, "readwrite", { durability: "strict" });
    const requests = change(transaction);
    await Promise.all([...(Array.isArray(requests) ? requests : [requests]), transaction.done]);
  });
}
