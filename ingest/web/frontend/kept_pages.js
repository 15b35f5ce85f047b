// The pages that the service worker keeps, and the files that they need. A page is kept only once all its files are, and
// a file goes only when no kept page names it: so a kept form always works, whatever version of it the server has now.
const PAGES = "yoursay-pages";
const FILES = "yoursay-files";
const PATIENCE = 30_000;
const KEPT = /^\/(?:[a-z0-9][a-z0-9-]*(?:\/form)?)?$/;
const NOT_KEPT = new Set(["/accessibility", "/help", "/receipt"]);
const PART_OF_KEY = ["edition", "lang"];

/**
 * Under what a page is kept: its path, language and edition; null for a page that is not ours to keep.
 * @param {URL} url
 */
export function keyOf(url) {
  if (!KEPT.test(url.pathname) || NOT_KEPT.has(url.pathname)) {
    return null;
  }
  const key = new URL(url.pathname, url.origin);
  for (const name of PART_OF_KEY) {
    if (url.searchParams.get(name)) {
      key.searchParams.set(name, url.searchParams.get(name));
    }
  }
  return key.href;
}

/** The page kept under that key, else in another language. @returns {Promise<Response | undefined>} */
export async function keptPage(key) {
  const pages = await caches.open(PAGES);
  const exact = await pages.match(key);
  if (exact) {
    return exact;
  }
  const asked = new URL(key);
  const near = (await keptPages()).map((address) => new URL(address)).find(
    (one) =>
      one.pathname === asked.pathname && one.searchParams.get("edition") === asked.searchParams.get("edition"),
  );
  return near && pages.match(near.href);
}

/** @returns {Promise<string[]>} the keys of all kept pages */
export async function keptPages() {
  return (await (await caches.open(PAGES)).keys()).map((request) => request.url);
}

/** @param {string} address @returns {Promise<Response | undefined>} */
export async function keptFile(address) {
  return (await caches.open(FILES)).match(address);
}

/** Fetch a page and keep it. @param {string} address */
export async function keepPage(address) {
  const response = await fetch(address, {
    cache: "no-cache",
    credentials: "omit",
    signal: AbortSignal.timeout(PATIENCE),
  });
  return keepResponse(address, response);
}

/**
 * Keep a page that was fetched, with its files. A page that is not ours (an error, a captive portal's) is not kept.
 * @param {string} address
 * @param {Response} response
 * @returns {Promise<boolean>} whether it is kept
 */
export async function keepResponse(address, response) {
  const key = keyOf(new URL(address, self.location.origin));
  const body = response.clone();
  const text = response.status === 200 && !response.redirected ? await response.text() : "";
  if (!key || !text.includes(" data-yoursay=")) {
    return false;
  }
  // One at a time, in whatever version of the worker: a page's files must not be taken for left over before it is kept.
  await navigator.locks.request(PAGES, async () => {
    const files = await caches.open(FILES);
    await Promise.all(filesOf(text).map((file) => keepFile(files, file)));
    await (await caches.open(PAGES)).put(key, body);
    await dropUnneeded(files);
  });
  return true;
}

async function keepFile(files, address) {
  if (await files.match(address)) {
    return;
  }
  const response = await fetch(address, { signal: AbortSignal.timeout(PATIENCE) });
  if (!response.ok) {
    throw new Error(`${address} could not be fetched.`);
  }
  await files.put(address, response);
}

/** Every file that the text of a page names: also those in the form's list of what it needs without a network. */
function filesOf(text) {
  return [...new Set(text.match(/\/static\/[\w.-]+/g) ?? [])];
}

async function dropUnneeded(files) {
  const pages = await caches.open(PAGES);
  const needed = new Set();
  for (const request of await pages.keys()) {
    const page = await pages.match(request);
    filesOf(page ? await page.text() : "").forEach((file) => needed.add(file));
  }
  for (const request of await files.keys()) {
    if (!needed.has(new URL(request.url).pathname)) {
      await files.delete(request);
    }
  }
}
