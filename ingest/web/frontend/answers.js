// Answers in the page and in the draft: which fields are asked, what was answered, and what is sent.

/** @param {Record<string, string | string[]>} answers */
export function isAsked(form, answers, column) {
  const field = form.fields[column] ?? form.fields[baseOf(column)];
  const condition = field?.shown_when;
  if (!condition) {
    return true;
  }
  const given = [answers[condition.field] ?? []].flat();
  return isAsked(form, answers, condition.field) && given.some((code) => condition.any_of.includes(code));
}

function baseOf(column) {
  return column.replace(/_other$/, "");
}

/** The pages of questions that are asked, given the answers so far. */
export function askedPages(form, answers) {
  return form.pages.filter((page) => page.fields.some((column) => isAsked(form, answers, column)));
}

/** What is sent: nothing empty, and nothing that is no longer asked. */
export function answersToSend(form, answers) {
  const columns = form.pages.flatMap((page) => page.fields);
  const filled = (answer) => (Array.isArray(answer) ? answer.length > 0 : (answer ?? "").trim() !== "");
  return Object.fromEntries(
    columns
      .filter((column) => filled(answers[column]) && isAsked(form, answers, column))
      .map((column) => [column, answers[column]]),
  );
}

function controlsOf(column) {
  return [...document.querySelectorAll(`#form [name="${CSS.escape(column)}"]`)];
}

/** What the controls of a column say now. */
export function readColumn(form, column) {
  const controls = controlsOf(column);
  if (form.fields[column]?.list) {
    return controls.filter((control) => control.checked).map((control) => control.value);
  }
  if (controls.some((control) => control.type === "radio" || control.type === "checkbox")) {
    return controls.find((control) => control.checked)?.value ?? "";
  }
  return controls[0]?.value ?? "";
}

/** Put the answers of a draft into the controls. */
export function fillControls(form, answers) {
  for (const column of form.pages.flatMap((page) => page.fields)) {
    const given = answers[column] ?? "";
    for (const control of controlsOf(column)) {
      if (control.type === "radio" || control.type === "checkbox") {
        control.checked = [given].flat().includes(control.value);
      } else {
        control.value = given;
      }
    }
  }
}

/** Show the fields whose condition is met, hide the others. */
export function showAsked(form, answers) {
  for (const wrapper of document.querySelectorAll("[data-shown-when-field]")) {
    const given = [answers[wrapper.dataset.shownWhenField] ?? []].flat();
    const codes = (wrapper.dataset.shownWhenAny ?? "").split(" ");
    wrapper.hidden =
      !isAsked(form, answers, wrapper.dataset.shownWhenField) || !given.some((code) => codes.includes(code));
  }
}
