// The service worker: keeps the form for use without a network, and sends the outbox when the browser says that there
// is one. It never touches anything but GET requests of our own pages and files.
import { keepPage, keepResponse, keptFile, keptPage, keptPages, keyOf } from "./kept_pages.js";
import { flush, outbox, SYNC_TAG } from "./outbox.js";

const PATIENCE = 3_000;

self.addEventListener("install", () => self.skipWaiting());

// A new build is a new worker (BUILD is its name), and asks for the kept pages anew. Nothing is thrown away for that.
self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim());
  keptPages().then((addresses) => Promise.allSettled(addresses.map(keepPage)));
});

self.addEventListener("message", (event) => {
  if (event.data?.type === "keep") {
    event.waitUntil(keepAll(event.data.urls, event.source));
  }
});

// What is kept already is asked for anew when it is opened, not here.
async function keepAll(addresses, client) {
  const known = new Set(await keptPages());
  const isKnown = (address) => known.has(keyOf(new URL(address, self.location.origin)));
  const kept = await Promise.allSettled(addresses.map((address) => isKnown(address) || keepPage(address)));
  client?.postMessage({ type: "kept", build: BUILD, whole: kept.every(({ value }) => value === true) });
}

self.addEventListener("sync", (event) => {
  if (event.tag === SYNC_TAG) {
    event.waitUntil(sendOrFail());
  }
});

/** The browser tries again later when this fails. */
async function sendOrFail() {
  await flush({ force: true });
  if ((await outbox()).some((one) => one.state === "waiting")) {
    throw new Error("Not everything could be sent yet.");
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) {
    return;
  }
  if (url.pathname.startsWith("/static/")) {
    event.respondWith(keptFile(url.pathname).then((file) => file ?? fetch(request)));
  } else if (keyOf(url)) {
    event.respondWith(networkFirst(request, keyOf(url), event));
  }
});

async function networkFirst(request, key, event) {
  const asked = fetch(request);
  const keeping = asked.then((response) => keepResponse(key, response.clone()));
  event.waitUntil(keeping.catch(() => false));
  const kept = await keptPage(key);
  if (!kept) {
    return asked;
  }
  const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE, null));
  const response = await Promise.race([asked.catch(() => null), patience]);
  return response && response.status < 500 ? response : kept;
}
