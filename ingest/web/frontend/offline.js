// Makes the pages usable without a network: registers the service worker and tells it what to keep.

/** Whether this browser and address can do what the offline form needs. */
export function canWorkOffline() {
  return (
    globalThis.isSecureContext === true &&
    Boolean(globalThis.crypto?.subtle && navigator.serviceWorker && navigator.locks && globalThis.indexedDB) &&
    typeof BroadcastChannel === "function" &&
    typeof HTMLDialogElement === "function"
  );
}

/**
 * Register the worker and ask it to keep these pages. Called after the page is loaded, so that it takes nothing from it.
 * @param {string[]} addresses
 */
export async function keepForOffline(addresses) {
  const registration = await navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" });
  const worker = registration.active ?? registration.waiting ?? registration.installing;
  navigator.serviceWorker.addEventListener("message", ({ data }) => {
    if (data?.type === "kept") {
      document.documentElement.dataset.offline = data.whole ? "ready" : "not-ready";
    }
  });
  navigator.serviceWorker.startMessages();
  worker?.postMessage({ type: "keep", urls: addresses });
}

/** Run `action` once the page is loaded and nothing more urgent is to be done. */
export function afterLoad(action) {
  const idle = () => (globalThis.requestIdleCallback ?? setTimeout)(action);
  if (document.readyState === "complete") {
    idle();
  } else {
    addEventListener("load", idle, { once: true });
  }
}
