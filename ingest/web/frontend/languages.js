// Another language or display of the same form, in place: the answers stay where they are, also on a shared device,
// where nothing of them may be written down.
import { createAll } from "./components.js";
import { current, readForm, say } from "./current.js";
import { showTrouble } from "./keeping.js";

/** The address that a click asks for where it is this form in another language or display; else null. */
export function otherEditionOf(event) {
  const link = event.defaultPrevented ? null : event.target.closest?.("a[href]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || link.origin !== location.origin) {
    return null;
  }
  const address = new URL(link.href);
  if (new URLSearchParams(location.search).has("kiosk")) {
    address.searchParams.set("kiosk", "1");
  }
  const other = address.pathname === location.pathname && address.search !== location.search && !address.hash;
  return other ? address : null;
}

/**
 * Put the other edition in the place of this one.
 * @param {URL} address
 * @returns {Promise<boolean>} false where it could not be had
 */
export async function changeEdition(address) {
  const page = await fetchPage(address);
  if (!page) {
    showTrouble(say("no_other_language"));
    return false;
  }
  await changeStyle(page);
  for (const name of ["lang", "dir", "class"]) {
    document.documentElement.setAttribute(name, page.documentElement.getAttribute(name) ?? "");
  }
  document.body.replaceChildren(...page.body.childNodes);
  document.title = page.title;
  history.replaceState(null, "", address.pathname + address.search + location.hash);
  readForm();
  createAll();
  return true;
}

async function fetchPage(address) {
  try {
    const response = await fetch(address, { credentials: "omit", signal: AbortSignal.timeout(10_000) });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const language = address.searchParams.get("lang") ?? current.form.language;
    const isOurs = page.documentElement.dataset.yoursay === "form" && page.documentElement.lang === language;
    return isOurs ? page : null;
  } catch {
    return null;
  }
}

/** Load the other style sheet before the page is changed, so that nothing is seen without one. */
function changeStyle(page) {
  const [before, after] = [document, page].map((one) => one.querySelector('link[rel="stylesheet"]'));
  if (before.getAttribute("href") === after.getAttribute("href")) {
    return Promise.resolve();
  }
  const link = document.importNode(after);
  return new Promise((resolve) => {
    link.addEventListener("load", () => resolve(before.remove()));
    link.addEventListener("error", () => resolve(link.remove()));
    before.after(link);
  });
}
