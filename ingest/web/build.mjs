// Builds ingest/web/static/built/: style sheets, scripts, icon and fonts under content-hashed names, each with what it
// weighs less in brotli and gzip beside it, and manifest.json, which maps each plain name to the hashed one. The
// service worker and the script of the single-file edition keep their plain names: they are not asked for by others.
// The folder is replaced as a whole. So are dashboards/static/built/, the same for the council's screens, and
// schemas/editions/fonts/, the fonts that the printed editions are set in.
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { buildSync } from "esbuild";
import rtlcss from "rtlcss";
import { compile } from "sass";

const web = fileURLToPath(new URL(".", import.meta.url));
const modules = fileURLToPath(new URL("../../node_modules", import.meta.url));
const frontend = join(web, "frontend");
const screens = fileURLToPath(new URL("../../dashboards", import.meta.url));
const editions = fileURLToPath(new URL("../../schemas/editions/fonts", import.meta.url));
const form = newFolder(join(web, "static", "built"));
const desk = newFolder(join(screens, "static", "built"));

const FONTS = [
  { family: "Noto Sans", source: "noto-sans" },
  { family: "Noto Naskh Arabic", source: "noto-naskh-arabic", subsets: ["arabic"] },
];
const EDITION_FONTS = [
  ...FONTS,
  { family: "Noto Symbols", source: "noto-sans-symbols-2", subsets: ["symbols"], weights: [400] },
];
const PAGE_SCRIPTS = ["app.js", "form.js"];
// Sealing here is for X25519 alone; age's other recipients would more than double what is loaded for it.
const SCRIPTS = {
  bundle: true,
  minify: true,
  write: false,
  target: "es2022",
  alias: Object.fromEntries(
    ["@noble/post-quantum/hybrid.js", "@noble/curves/nist.js"].map((name) => [name, join(frontend, "other_recipients.js")]),
  ),
};

function digest(content) {
  return createHash("sha256").update(content).digest("hex").slice(0, 12);
}

// A folder that takes the place of `target` once it is finished.
function newFolder(target) {
  const building = `${target}.${process.pid}`;
  rmSync(building, { recursive: true, force: true });
  mkdirSync(building, { recursive: true });
  return { target, building, manifest: {} };
}

function add(folder, name, content) {
  const hashed = name.replace(/(\.\w+)$/, `-${digest(content)}$1`);
  writeFileSync(join(folder.building, hashed), content);
  folder.manifest[name] = hashed;
  return hashed;
}

function finish({ target, building, manifest }) {
  writeFileSync(join(building, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  rmSync(target, { recursive: true, force: true });
  renameSync(building, target);
}

function styleOf(file) {
  return compile(file, { loadPaths: [modules], style: "compressed", quietDeps: true }).css;
}

// A rule for each subset and weight of a font; `keep(file, name)` puts the file in its place and says how it is called.
function fontFaces({ source, subsets, weights = [400, 700] }, family, keep) {
  const folder = join(modules, "@fontsource", source);
  const ranges = Object.entries(JSON.parse(readFileSync(join(folder, "unicode.json"), "utf8")));
  const wanted = ranges.filter(([subset]) => !subsets || subsets.includes(subset));
  return wanted.flatMap(([subset, range]) =>
    weights.map((weight) => {
      const name = `${source}-${subset}-${weight}-normal.woff2`;
      return (
        `@font-face{font-family:"${family}";font-weight:${weight};font-display:swap;` +
        `src:url(${keep(join(folder, "files", name), name)}) format("woff2");unicode-range:${range}}`
      );
    }),
  );
}

function addWebFonts(folder) {
  const keep = (file, name) => add(folder, name, readFileSync(file));
  return FONTS.flatMap((font) => fontFaces(font, font.family, keep)).join("");
}

// The printed editions must look the same on every machine: their families have names that no system has.
function addEditionFonts() {
  const making = `${editions}.${process.pid}`;
  mkdirSync(making, { recursive: true });
  const faces = EDITION_FONTS.flatMap((font) =>
    fontFaces(font, font.family.replace("Noto", "YourSay"), (file, name) => {
      copyFileSync(file, join(making, name));
      return name;
    }),
  );
  writeFileSync(join(making, "fonts.css"), `${faces.join("\n")}\n`);
  rmSync(editions, { recursive: true, force: true });
  renameSync(making, editions);
}

// The scripts of the pages: what two of them share, and what is loaded later, is a file of its own.
function addPageScripts() {
  const built = buildSync({
    ...SCRIPTS,
    entryPoints: PAGE_SCRIPTS.map((name) => join(frontend, name)),
    format: "esm",
    splitting: true,
    outdir: form.building,
    chunkNames: "[name]-[hash]",
  });
  for (const { path, contents } of built.outputFiles) {
    const file = basename(path);
    if (PAGE_SCRIPTS.includes(file)) {
      add(form, file, contents);
    } else {
      writeFileSync(path, contents);
      form.manifest[file] = file;
    }
  }
}

function bundleOf(file, options) {
  return buildSync({ ...SCRIPTS, entryPoints: [file], ...options }).outputFiles[0].contents;
}

function addScript(name, options) {
  writeFileSync(join(form.building, name), bundleOf(join(frontend, name), options));
  form.manifest[name] = name;
}

function compressAll({ building }) {
  for (const file of readdirSync(building).filter((name) => !name.endsWith(".woff2"))) {
    compress(join(building, file));
  }
}

function compress(file) {
  const content = readFileSync(file);
  const best = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
  writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
  writeFileSync(`${file}.br`, brotliCompressSync(content, { params: best }));
}

const faces = addWebFonts(form);
const style = styleOf(join(frontend, "app.scss"));
add(form, "app.css", faces + style);
add(form, "app-rtl.css", faces + rtlcss.process(style));
add(form, "icon.svg", readFileSync(join(frontend, "icon.svg")));
addPageScripts();
addScript("single.js", { format: "iife" });
// A new build is a new worker, so that it fetches what the forms on the device need anew.
addScript("worker.js", { format: "iife", define: { BUILD: JSON.stringify(digest(JSON.stringify(form.manifest))) } });
compressAll(form);
finish(form);
add(desk, "desk.css", addWebFonts(desk) + styleOf(join(screens, "frontend", "desk.scss")));
add(desk, "keying.js", bundleOf(join(screens, "frontend", "keying.js"), { format: "esm" }));
add(desk, "icon.svg", readFileSync(join(frontend, "icon.svg")));
finish(desk);
addEditionFonts();
