// Makes the files that pages load, from the project's own sources and from npm packages. Run by `langnghe assets` and by
// the build of the Python package; see src/langnghe/cli/assets.py.
//
//   build/app.css, build/app.js   bundles of src/langnghe/ui/assets/app.{css,js}
//   build/fonts.css, build/fonts/ "Be Vietnam Pro", cut by script so that a page loads only the letters it shows
//   build/icons.svg               one sprite of the icons named in src/langnghe/ui/icons.txt; use by #name
//   build/licences.txt            the licences of what is in the above
//   tests/assets/axe.min.js       the accessibility checker, for tests only
//
// Each text file gets .br and .gz neighbours, which WhiteNoise serves to browsers that take them.
import { build } from "esbuild";
import { promises as fs, existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import zlib from "node:zlib";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const ui = path.join(root, "src", "langnghe", "ui");
const modules = path.join(root, "node_modules");
const out = path.join(ui, "static", "build");
const unfinished = `${out}.${process.pid}`;

const FONT = "@fontsource/be-vietnam-pro";
const FONT_FAMILY = "Be Vietnam Pro";
const FONT_WEIGHTS = [400, 500, 600, 700];
const FONT_SUBSETS = ["vietnamese", "latin-ext", "latin"];
const BROWSERS = ["chrome90", "edge90", "firefox90", "safari14"];

async function bundles() {
  for (const name of ["app.css", "app.js"]) {
    const entry = path.join(ui, "assets", name);
    const outfile = path.join(unfinished, name);
    if (!existsSync(entry)) {
      await fs.writeFile(outfile, "");
      continue;
    }
    await build({
      entryPoints: [entry],
      outfile,
      bundle: true,
      minify: true,
      target: BROWSERS,
      format: "iife",
      charset: "utf8",
      legalComments: "none",
      loader: { ".svg": "dataurl", ".png": "dataurl" },
      external: ["*.woff2"],
      logLevel: "warning",
    });
  }
}

async function fonts() {
  const from = path.join(modules, FONT);
  const ranges = JSON.parse(await fs.readFile(path.join(from, "unicode.json"), "utf8"));
  await fs.mkdir(path.join(unfinished, "fonts"));
  const faces = [];
  for (const weight of FONT_WEIGHTS) {
    for (const subset of FONT_SUBSETS) {
      const file = `be-vietnam-pro-${subset}-${weight}-normal.woff2`;
      await fs.copyFile(path.join(from, "files", file), path.join(unfinished, "fonts", file));
      faces.push(
        `@font-face{font-family:"${FONT_FAMILY}";font-style:normal;font-weight:${weight};font-display:swap;` +
          `src:url("fonts/${file}") format("woff2");unicode-range:${ranges[subset]}}`,
      );
    }
  }
  await fs.writeFile(path.join(unfinished, "fonts.css"), faces.join("\n") + "\n");
}

async function icons() {
  const list = path.join(ui, "icons.txt");
  const text = existsSync(list) ? await fs.readFile(list, "utf8") : "";
  const names = [...new Set(text.split("\n").map((line) => line.replace(/#.*/, "").trim()).filter(Boolean))].sort();
  const symbols = [];
  const missing = [];
  for (const name of names) {
    const file = path.join(modules, "bootstrap-icons", "icons", `${name}.svg`);
    if (!existsSync(file)) {
      missing.push(name);
      continue;
    }
    const [, attributes, drawing] = /<svg([^>]*)>([\s\S]*)<\/svg>/.exec(await fs.readFile(file, "utf8"));
    const [, viewBox] = /viewBox="([^"]+)"/.exec(attributes);
    symbols.push(`<symbol id="${name}" viewBox="${viewBox}">${drawing.replace(/\s*\n\s*/g, "")}</symbol>`);
  }
  if (missing.length) throw new Error(`icons.txt names icons that do not exist: ${missing.join(", ")}`);
  const sprite = `<svg xmlns="http://www.w3.org/2000/svg" fill="currentColor">${symbols.join("")}</svg>\n`;
  await fs.writeFile(path.join(unfinished, "icons.svg"), sprite);
}

async function licences() {
  const texts = [];
  for (const name of [FONT, "bootstrap-icons"]) {
    texts.push(`--- ${name} ---\n\n${await fs.readFile(path.join(modules, name, "LICENSE"), "utf8")}`);
  }
  await fs.writeFile(path.join(unfinished, "licences.txt"), texts.join("\n\n"));
}

async function compress() {
  for (const name of await fs.readdir(unfinished)) {
    if (!/\.(css|js|svg|txt)$/.test(name)) continue;
    const content = await fs.readFile(path.join(unfinished, name));
    await fs.writeFile(path.join(unfinished, `${name}.br`), zlib.brotliCompressSync(content));
    await fs.writeFile(path.join(unfinished, `${name}.gz`), zlib.gzipSync(content, { level: 9 }));
  }
}

async function testTools() {
  const from = path.join(modules, "axe-core", "axe.min.js");
  const to = path.join(root, "tests", "assets");
  if (!existsSync(from) || !existsSync(path.dirname(to))) return;
  await fs.mkdir(to, { recursive: true });
  await fs.copyFile(from, path.join(to, "axe.min.js"));
}

await fs.rm(unfinished, { recursive: true, force: true });
await fs.mkdir(unfinished, { recursive: true });
try {
  await bundles();
  await fonts();
  await icons();
  await licences();
  await compress();
  await testTools();
  // A server that runs keeps finding files: the old folder goes only when the new one is complete.
  await fs.rm(out, { recursive: true, force: true });
  await fs.rename(unfinished, out);
} catch (error) {
  await fs.rm(unfinished, { recursive: true, force: true });
  console.error(`The assets could not be built: ${error.message}`);
  process.exit(1);
}
