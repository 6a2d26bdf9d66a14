import { createHash } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Context } from "hono";
import { AppError } from "../../base/errors.ts";
import { vendorFiles } from "../../ui/vendor.ts";
import { acceptsGzip } from "../accepts_gzip.ts";
import { matchesEtag } from "../byte_range.ts";
import type { HttpApp, HttpEnv } from "../environment.ts";

const gzipBytes = promisify(gzip);

/** Beside this code on disk, and inside the compiled binary. */
const FOLDER = join(import.meta.dirname ?? ".", "..", "..", "ui");

/** What is served, and as what; anything else in the folder is not. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".webmanifest": "application/manifest+json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
};

/** Folders and files of letters, digits, `_`, `-` and inner dots: no `..`, nothing hidden, nothing encoded. */
const SAFE_PATH = /^(?:[\w-]+\/)*[\w-]+(?:\.[\w-]+)+$/;

interface PageFile {
  readonly content: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
  readonly etag: string;
  readonly encoding?: "gzip";
}

/** `GET /` and `GET /ui/*`: the admin page, from files of this project alone. */
export function addPage(app: HttpApp): void {
  const vendor = new Map<string, Promise<PageFile>>();
  const compressed = new Map<string, Promise<PageFile>>();
  const answer = async (c: Context<HttpEnv>, file: PageFile) => {
    c.header("Vary", "Accept-Encoding");
    if (!isText(file) || !acceptsGzip(c.req.header("Accept-Encoding"))) return answerFile(c, file);
    // By the content's hash: a file that changes under a running server gets a compressed form of its own.
    let smaller = compressed.get(file.etag);
    if (smaller === undefined) compressed.set(file.etag, smaller = gzipFile(file));
    return answerFile(c, await smaller);
  };
  app.get("/", async (c) => await answer(c, await readPageFile("index.html")));

  app.get("/ui/vendor/:name", async (c) => {
    const name = c.req.param("name");
    const source = Object.hasOwn(vendorFiles, name) ? vendorFiles[name] : undefined;
    if (source === undefined) throw new AppError("request.not_found");
    let file = vendor.get(name);
    if (file === undefined) {
      file = source.read().then((text) =>
        pageFile(new TextEncoder().encode(text), source.contentType)
      );
      vendor.set(name, file);
      file.catch(() => vendor.delete(name));
    }
    return await answer(c, await file);
  });

  app.get(
    "/ui/*",
    async (c) => await answer(c, await readPageFile(c.req.path.slice("/ui/".length))),
  );
}

/** @throws {AppError} `request.not_found` */
async function readPageFile(path: string): Promise<PageFile> {
  const contentType = CONTENT_TYPES[/\.[^.]+$/.exec(path)?.[0] ?? ""];
  if (contentType === undefined || !SAFE_PATH.test(path)) throw new AppError("request.not_found");
  try {
    return pageFile(await Deno.readFile(join(FOLDER, path)), contentType);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.IsADirectory) {
      throw new AppError("request.not_found", {}, { cause: error });
    }
    throw error;
  }
}

function pageFile(content: Uint8Array<ArrayBuffer>, contentType: string): PageFile {
  const hash = createHash("sha256").update(content).digest("base64url").slice(0, 22);
  return { content, contentType, etag: `"${hash}"` };
}

function isText({ contentType }: PageFile): boolean {
  return contentType.includes("charset") || contentType === "image/svg+xml";
}

/** Another form of the same file, and so with a validator of its own. */
async function gzipFile({ content, contentType, etag }: PageFile): Promise<PageFile> {
  return {
    content: new Uint8Array(await gzipBytes(content, { level: 9 })),
    contentType,
    etag: etag.replace(/"$/, '-gzip"'),
    encoding: "gzip",
  };
}

/** Browsers keep the page and ask each time whether it is still the same. */
function answerFile(c: Context<HttpEnv>, file: PageFile): Response {
  const { content, contentType, etag, encoding } = file;
  c.header("ETag", etag);
  c.header("Cache-Control", "no-cache");
  if (matchesEtag(c.req.header("If-None-Match"), etag)) return c.body(null, 304);
  c.header("Content-Type", contentType);
  if (encoding !== undefined) c.header("Content-Encoding", encoding);
  return c.body(content);
}
