// The page of answers before they are sent, each with a link to change it.
import { isAsked } from "./answers.js";
import { current, element, say } from "./current.js";
import { changePage } from "./journey.js";

/** Fill the list with what was answered so far. */
export function showAnswers() {
  const { form, draft } = current;
  const rows = form.pages.flatMap((page) =>
    page.fields
      .filter((column) => form.fields[column] && isAsked(form, draft.answers, column))
      .map((column) => rowOf(page, column, draft.answers)),
  );
  const list = document.getElementById("check-list");
  list.replaceChildren(element("dl", { class: "govuk-summary-list" }, ...rows));
}

function rowOf(page, column, answers) {
  const { label } = current.form.fields[column];
  const change = element("a", { class: "govuk-link", href: `#/${page.id}` }, say("change"));
  change.append(element("span", { class: "govuk-visually-hidden" }, ` ${label}`));
  change.addEventListener("click", (event) => {
    event.preventDefault();
    changePage(page.id);
  });
  return element(
    "div",
    { class: "govuk-summary-list__row" },
    element("dt", { class: "govuk-summary-list__key" }, label),
    element("dd", { class: "govuk-summary-list__value", dir: "auto" }, ...shownAnswer(column, answers)),
    element("dd", { class: "govuk-summary-list__actions" }, change),
  );
}

function shownAnswer(column, answers) {
  const { choices } = current.form.fields[column];
  const given = [answers[column] ?? []].flat().filter((answer) => answer.trim());
  const words = given.map((answer) => choices?.[answer] ?? answer);
  const other = answers[`${column}_other`];
  if (!current.form.fields[`${column}_other`] && other?.trim()) {
    words.push(other);
  }
  if (words.length === 0) {
    return [element("span", { class: "yoursay-no-answer" }, say("no_answer"))];
  }
  return words.map((one) => element("p", { class: "govuk-body yoursay-as-typed" }, one));
}
