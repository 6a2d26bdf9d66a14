/**
 * The libraries of the admin page, served from the files of their npm packages.
 *
 * The page imports `/ui/vendor/<name>`; `http/` looks `<name>` up in {@linkcode vendorFiles}, answers 404 when it
 * is absent, else sends `await file.read()` with `file.contentType`. The content is the same for the life of the
 * process: one read may be kept, hashed for an `ETag` and compressed once. Nothing else in this file is served.
 *
 * Bare specifiers are rewritten to relative ones, because an inline import map would break the page's
 * Content-Security-Policy. `deno compile` embeds the packages by itself, since the imports below can be read
 * statically; the rest of `src/ui` must be named with `--include src/ui`.
 *
 * @module
 */

/** One file under `/ui/vendor/`. */
export interface VendorFile {
  /** Value of the `Content-Type` header. */
  readonly contentType: string;
  /** Reads the file, rewritten for the browser. Costs a read of at most 60 kB. */
  read(): Promise<string>;
}

const JAVASCRIPT = "text/javascript; charset=utf-8";
const CSS = "text/css; charset=utf-8";

/** Every file under `/ui/vendor/`, by name. */
export const vendorFiles: Readonly<Record<string, VendorFile>> = {
  "preact.js": {
    contentType: JAVASCRIPT,
    read: () => readPackageFile("preact", () => import("preact")),
  },
  "hooks.js": {
    contentType: JAVASCRIPT,
    read: async () => {
      const code = await readPackageFile("preact/hooks", () => import("preact/hooks"));
      return code.replaceAll(`from"preact"`, `from"./preact.js"`);
    },
  },
  "htm.js": {
    contentType: JAVASCRIPT,
    read: () => readPackageFile("htm", () => import("htm")),
  },
  // The package's ESM build is not minified (145 kB); its script build is (51 kB) and defines `uPlot`.
  "uplot.js": {
    contentType: JAVASCRIPT,
    read: async () =>
      await readPackageFile("uplot/dist/uPlot.iife.min.js", () => import("uplot")) +
      "\nexport default uPlot;\n",
  },
  "uplot.css": {
    contentType: CSS,
    read: () => readPackageFile("uplot/dist/uPlot.min.css", () => import("uplot")),
  },
};

/** Source maps are not served; naming them would only make a browser's tools ask for them. */
async function readPackageFile(specifier: string, load: () => Promise<unknown>): Promise<string> {
  let url = import.meta.resolve(specifier);
  if (!url.startsWith("file:")) { // Not in the cache yet: importing puts it there.
    await load();
    url = import.meta.resolve(specifier);
  }
  const code = await Deno.readTextFile(new URL(url));
  return code.replace(/^\/\/# sourceMappingURL=.*$/gm, "");
}
