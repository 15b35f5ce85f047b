// What this tab is doing: the form it shows, the draft it holds, and what it has sent. Texts and announcements.

/**
 * @typedef {object} Sent
 * @property {string} id
 * @property {"queued" | "sending" | "received" | "refused"} state
 * @property {string} reference
 * @property {string} changeCode
 * @property {string} [receivedAt]
 * @property {string} [reason]
 * @property {boolean} [conflict]
 * @property {boolean} [tried]
 * @property {number} madeAt
 */
export const current = {
  /** What the page's JSON says of the form. */
  form: null,
  /** @type {import("./drafts.js").Draft | null} */
  draft: null,
  /** Gives the draft's lock back. @type {(() => void) | null} */
  release: null,
  /** Whether the device is the respondent's own; on a shared one nothing is kept that this tab could read later. */
  own: true,
  /** Whether something was typed that is not on the disk yet. */
  unsaved: false,
  /** @type {Sent | null} */
  sent: null,
};

/** Read the page's JSON. */
export function readForm() {
  current.form = JSON.parse(document.getElementById("yoursay-form").textContent);
}

/** A text of the page's language with its {names} filled in. */
export function say(key, values = {}) {
  return fill(current.form.texts[key] ?? key, values);
}

/** @param {string} text @param {Record<string, unknown>} values */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** Tell screen readers. A text that is said twice is spoken twice. */
export function announce(text) {
  const region = document.getElementById("announce");
  if (region) {
    region.replaceChildren();
    requestAnimationFrame(() => region.append(text));
  }
}

/** The server's time, as far as this device can tell: its own, shifted where a demonstration runs on other days. */
export function now() {
  return asServerTime(Date.now());
}

/** A moment of this device's clock as the server would give it. @param {number} milliseconds */
export function asServerTime(milliseconds) {
  return new Date(milliseconds + current.form.clock_shift_seconds * 1_000);
}

/** @param {Date} moment */
export function shownMoment(moment) {
  return new Intl.DateTimeFormat(localeOf(), { dateStyle: "long", timeStyle: "short" }).format(moment);
}

/** How long ago, in words. @param {number} milliseconds */
export function shownAge(milliseconds) {
  const minutes = Math.floor(milliseconds / 60_000);
  const [value, unit] =
    minutes < 60 ? [minutes, "minute"] : minutes < 48 * 60 ? [Math.floor(minutes / 60), "hour"] : [Math.floor(minutes / 1440), "day"];
  return new Intl.RelativeTimeFormat(localeOf(), { numeric: "auto" }).format(-value, unit);
}

function localeOf() {
  const language = document.documentElement.lang;
  return language === "en" ? "en-GB" : language;
}

/** An element with attributes and children. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}
