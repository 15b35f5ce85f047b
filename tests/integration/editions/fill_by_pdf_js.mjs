// Fills a form with pdf.js, as a browser does: node fill_by_pdf_js.mjs FORM VALUES.json OUT
import { readFile, writeFile } from "node:fs/promises";
import { getDocument, VerbosityLevel } from "pdfjs-dist/legacy/build/pdf.mjs";

const [form, given, out] = process.argv.slice(2);
const values = JSON.parse(await readFile(given, "utf8"));
const data = new Uint8Array(await readFile(form));
const document = await getDocument({ data, verbosity: VerbosityLevel.ERRORS }).promise;
for (let number = 1; number <= document.numPages; number += 1) {
  const page = await document.getPage(number);
  for (const widget of await page.getAnnotations()) {
    const value = values[widget.fieldName];
    if (value === undefined) continue;
    document.annotationStorage.setValue(widget.id, { value: widget.checkBox ? value !== "Off" : value });
  }
}
await writeFile(out, await document.saveDocument());
