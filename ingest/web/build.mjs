// Builds ingest/web/static/built/: style sheets, script, icon and fonts under content-hashed names, and manifest.json,
// which maps each plain name to the hashed one. The folder is replaced as a whole.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import rtlcss from "rtlcss";
import { compile } from "sass";

const web = fileURLToPath(new URL(".", import.meta.url));
const modules = fileURLToPath(new URL("../../node_modules", import.meta.url));
const target = join(web, "static", "built");
const building = `${target}.${process.pid}`;
const manifest = {};

const FONTS = [
  { family: "Noto Sans", source: "noto-sans" },
  { family: "Noto Naskh Arabic", source: "noto-naskh-arabic", subsets: ["arabic"] },
];

function add(name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 12);
  const hashed = name.replace(/(\.\w+)$/, `-${hash}$1`);
  writeFileSync(join(building, hashed), content);
  manifest[name] = hashed;
  return hashed;
}

function fontFace(family, folder, subset, range, weight) {
  const name = `${basename(folder)}-${subset}-${weight}-normal.woff2`;
  const file = add(name, readFileSync(join(folder, "files", name)));
  return (
    `@font-face{font-family:"${family}";font-weight:${weight};font-display:swap;` +
    `src:url(${file}) format("woff2");unicode-range:${range}}`
  );
}

function fontFaces({ family, source, subsets }) {
  const folder = join(modules, "@fontsource", source);
  const ranges = Object.entries(JSON.parse(readFileSync(join(folder, "unicode.json"), "utf8")));
  const wanted = ranges.filter(([subset]) => !subsets || subsets.includes(subset));
  return wanted.flatMap(([subset, range]) => [400, 700].map((weight) => fontFace(family, folder, subset, range, weight)));
}

rmSync(building, { recursive: true, force: true });
mkdirSync(building, { recursive: true });
const faces = FONTS.flatMap(fontFaces).join("");
const style = compile(join(web, "frontend", "app.scss"), { loadPaths: [modules], style: "compressed", quietDeps: true });
add("app.css", faces + style.css);
add("app-rtl.css", faces + rtlcss.process(style.css));
const script = buildSync({
  entryPoints: [join(web, "frontend", "app.js")],
  bundle: true,
  minify: true,
  format: "esm",
  write: false,
});
add("app.js", script.outputFiles[0].contents);
add("icon.svg", readFileSync(join(web, "frontend", "icon.svg")));
writeFileSync(join(building, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
rmSync(target, { recursive: true, force: true });
renameSync(building, target);
