// Which page of the form is shown: by the hash of the address, one at a time, with its title and the focus on its heading.
import { askedPages, isAsked } from "./answers.js";
import { current, say } from "./current.js";
import { clearSlips, showSlips, slipsOf } from "./slips.js";

/** What a page does when it is shown. @type {Record<string, () => unknown>} */
const onShow = {};
/** Where "continue" goes after a change that was asked for on the page of answers. */
let backToCheck = false;

/** @param {string} page @param {() => unknown} action */
export function whenShown(page, action) {
  onShow[page] = action;
}

/** The page that the address asks for, as far as it can be shown now. */
function pageAsked() {
  const asked = location.hash.replace(/^#\//, "") || firstPage();
  if (["device", "replace", "outbox"].includes(asked)) {
    return asked;
  }
  if (asked === "sent") {
    return current.sent ? "sent" : "device";
  }
  if (!current.draft) {
    return current.sent ? "sent" : "device";
  }
  if (asked === "check") {
    return "check";
  }
  const { form, draft } = current;
  const pages = askedPages(form, draft.answers).map(({ id }) => id);
  if (pages.includes(asked)) {
    return asked;
  }
  const position = form.pages.findIndex(({ id }) => id === asked);
  const later = form.pages.slice(position + 1).find(({ id }) => pages.includes(id));
  return position < 0 ? firstPage() : (later?.id ?? "check");
}

/** The single-file edition has no page that asks whose device it is. */
function firstPage() {
  return document.querySelector("#form [data-page]").dataset.page;
}

/** Show the page that the address asks for. */
export function showPage({ focus = true } = {}) {
  const page = pageAsked();
  if (location.hash !== `#/${page}` && location.hash !== "") {
    history.replaceState(null, "", `#/${page}`);
  }
  const sections = [...document.querySelectorAll("#form [data-page]")];
  const shown = sections.find((section) => section.dataset.page === page);
  for (const section of sections) {
    section.hidden = section !== shown;
    clearSlips(section);
  }
  document.documentElement.dataset.page = page;
  onShow[page]?.();
  showTitle(shown);
  if (focus) {
    scrollTo(0, 0);
    const heading = shown.querySelector("h1");
    // A question's label may be the heading.
    heading.tabIndex = -1;
    heading.focus();
  }
}

/** Title the document after the page's heading. */
export function showTitle(section, isError = false) {
  const suffix = document.title.slice(document.title.lastIndexOf(" – "));
  const heading = section.querySelector("h1").textContent.replace(/\s+/g, " ").trim();
  document.title = `${isError ? `${say("error_prefix")} ` : ""}${heading}${suffix}`;
}

/** Go to a page of the form. @param {string} page */
export function goTo(page) {
  if (location.hash === `#/${page}`) {
    showPage();
  } else {
    location.hash = `#/${page}`;
  }
}

/** Change a page's answers, and come back to the page of answers after it. @param {string} page */
export function changePage(page) {
  backToCheck = true;
  goTo(page);
}

/**
 * Go on from a page of questions, unless it holds slips that were not shown yet.
 * @param {HTMLElement} section
 */
export function goOn(section) {
  const { form, draft } = current;
  const page = section.dataset.page;
  const columns = form.pages.find(({ id }) => id === page)?.fields ?? [];
  const found = slipsOf(columns.filter((column) => isAsked(form, draft.answers, column)), draft.answers);
  const shown = JSON.stringify(found);
  if (Object.keys(found).length > 0 && section.dataset.slips !== shown) {
    section.dataset.slips = shown;
    showSlips(section, found);
    showTitle(section, true);
    return;
  }
  const pages = askedPages(form, draft.answers).map(({ id }) => id);
  const next = pages[pages.indexOf(page) + 1] ?? "check";
  goTo(backToCheck ? "check" : next);
  backToCheck = false;
}

/** The page before this one; null where that is the start page. @param {string} page */
export function pageBefore(page) {
  const pages = [firstPage(), ...askedPages(current.form, current.draft?.answers ?? {}).map(({ id }) => id), "check"];
  const position = pages.lastIndexOf(page);
  return position > 0 ? pages[position - 1] : null;
}
