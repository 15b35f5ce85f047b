// Fills a form with pdf-lib: node fill_by_pdf_lib.mjs FORM VALUES.json OUT
import { readFile, writeFile } from "node:fs/promises";
import { PDFCheckBox, PDFDocument } from "pdf-lib";

const [form, values, out] = process.argv.slice(2);
const document = await PDFDocument.load(await readFile(form));
for (const [name, value] of Object.entries(JSON.parse(await readFile(values, "utf8")))) {
  const field = document.getForm().getField(name);
  if (!(field instanceof PDFCheckBox)) field.setText(value);
  else if (value === "Off") field.uncheck();
  else field.check();
}
// Its own fonts have no letters but Latin ones: the values are written, not drawn.
await writeFile(out, await document.save({ updateFieldAppearances: false }));
