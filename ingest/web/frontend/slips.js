// What in an answer may be a slip. It is shown once on a page and can be left as it is: nothing is refused.
import { current, element, say } from "./current.js";

const DISTRICT = /^[A-Z]{1,2}[0-9][A-Z0-9]?$/;

/** The slips of some columns: column -> a sentence, never the answer. */
export function slipsOf(columns, answers) {
  const found = {};
  for (const column of columns) {
    const field = current.form.fields[column];
    const answer = answers[column];
    const sentence = field && typeof answer === "string" && answer.trim() ? slipIn(field, answer) : null;
    if (sentence) {
      found[column] = sentence;
    }
  }
  return found;
}

function slipIn(field, answer) {
  if (field.max_length && [...answer].length > field.max_length) {
    return say("problem_length", { maximum: field.max_length });
  }
  if (field.kind === "number" && !numberFits(field, answer)) {
    return say(field.whole ? "problem_number" : "problem_decimal", { minimum: field.minimum, maximum: field.maximum });
  }
  if (field.kind === "date" && !dayFits(field, answer)) {
    const { earliest, latest } = field;
    return say("problem_date", { example: dayFirst(latest), earliest: dayFirst(earliest), latest: dayFirst(latest) });
  }
  if (field.kind === "postcode_district" && !DISTRICT.test(answer.trim().toUpperCase())) {
    return say("problem_district");
  }
  return null;
}

function numberFits({ minimum, maximum, whole }, answer) {
  const number = Number(answer);
  return Number.isFinite(number) && number >= minimum && number <= maximum && (!whole || Number.isInteger(number));
}

function dayFits({ earliest, latest }, answer) {
  const day = asDay(answer.trim());
  return day !== null && earliest <= day && day <= latest;
}

/** `YYYY-MM-DD` of that or of `DD/MM/YYYY`; null where it is no day. */
function asDay(text) {
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text);
  const first = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text);
  const [year, month, day] = iso ? iso.slice(1) : first ? first.slice(1).reverse() : [];
  const moment = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return moment.getUTCDate() === Number(day) && moment.getUTCMonth() === Number(month) - 1
    ? moment.toISOString().slice(0, 10)
    : null;
}

function dayFirst(day) {
  return day.split("-").reverse().join("/");
}

/** Show the slips of a page: a summary that has the focus, and a sentence at each field. */
export function showSlips(section, found) {
  clearSlips(section);
  for (const [column, sentence] of Object.entries(found)) {
    const control = section.querySelector(`[name="${CSS.escape(column)}"]`);
    const id = `${column}-slip`;
    const prefix = element("span", { class: "govuk-visually-hidden" }, `${say("error_prefix")} `);
    const message = element("p", { class: "govuk-error-message", id, "data-slip": "" }, prefix, sentence);
    control.before(message);
    control.closest(".govuk-form-group")?.classList.add("govuk-form-group--error");
    control.classList.add(control.localName === "textarea" ? "govuk-textarea--error" : "govuk-input--error");
    control.setAttribute("aria-describedby", [control.getAttribute("aria-describedby"), id].filter(Boolean).join(" "));
  }
  section.prepend(summaryOf(section, found));
  section.querySelector(".govuk-error-summary").focus();
}

function summaryOf(section, found) {
  const entries = Object.entries(found).map(([column, sentence]) => {
    const link = element("a", { href: "#" }, sentence);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      section.querySelector(`[name="${CSS.escape(column)}"]`).focus();
    });
    return element("li", {}, link);
  });
  const title = element("h2", { class: "govuk-error-summary__title" }, say("problem_title"));
  const what = element("p", {}, say("problem_what"));
  const list = element("ul", { class: "govuk-list govuk-error-summary__list" }, ...entries);
  const alert = element("div", { role: "alert" }, title, element("div", { class: "govuk-error-summary__body" }, what, list));
  return element("div", { class: "govuk-error-summary", tabindex: "-1", "data-slip": "" }, alert);
}

/** Take away what `showSlips` added. */
export function clearSlips(section) {
  for (const message of section.querySelectorAll("p[data-slip]")) {
    const control = section.querySelector(`[aria-describedby~="${CSS.escape(message.id)}"]`);
    if (control) {
      const rest = control.getAttribute("aria-describedby").split(" ").filter((id) => id !== message.id);
      control.setAttribute("aria-describedby", rest.join(" "));
      control.classList.remove("govuk-textarea--error", "govuk-input--error");
      control.closest(".govuk-form-group")?.classList.remove("govuk-form-group--error");
    }
  }
  section.querySelectorAll("[data-slip]").forEach((added) => added.remove());
}
