// A question that is asked over the page.
import { element } from "./current.js";

/**
 * @param {string} title
 * @param {string[]} sentences
 * @param {{ name: string, text: string, kind?: string }[]} choices
 * @returns {{ dialog: HTMLDialogElement, answer: Promise<string> }} the name chosen; "" where it was closed otherwise
 */
export function ask(title, sentences, choices) {
  const heading = element("h2", { class: "govuk-heading-m", id: "dialog-title" }, title);
  const texts = sentences.map((sentence) => element("p", { class: "govuk-body" }, sentence));
  const buttons = choices.map(({ name, text, kind }) =>
    element("button", { class: `govuk-button${kind ? ` govuk-button--${kind}` : ""}`, value: name }, text),
  );
  const group = element("div", { class: "govuk-button-group" }, ...buttons);
  const form = element("form", { method: "dialog" }, heading, ...texts, group);
  const dialog = element("dialog", { class: "yoursay-dialog", "aria-labelledby": "dialog-title" }, form);
  document.body.append(dialog);
  const answer = new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue);
    });
  });
  dialog.showModal();
  return { dialog, answer };
}
