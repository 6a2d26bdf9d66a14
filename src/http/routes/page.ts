import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Context } from "hono";
import { AppError } from "../../base/errors.ts";
import { vendorFiles } from "../../ui/vendor.ts";
import { matchesEtag } from "../byte_range.ts";
import type { HttpApp, HttpEnv } from "../environment.ts";

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
}

/** `GET /` and `GET /ui/*`: the admin page, from files of this project alone. */
export function addPage(app: HttpApp): void {
  const vendor = new Map<string, Promise<PageFile>>();
  app.get("/", async (c) => answer(c, await readPageFile("index.html")));

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
    return answer(c, await file);
  });

  app.get("/ui/*", async (c) => answer(c, await readPageFile(c.req.path.slice("/ui/".length))));
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

/** Browsers keep the page and ask each time whether it is still the same. */
function answer(c: Context<HttpEnv>, { content, contentType, etag }: PageFile): Response {
  const headers = { "ETag": etag, "Cache-Control": "no-cache" };
  if (matchesEtag(c.req.header("If-None-Match"), etag)) {
    return new Response(null, { status: 304, headers });
  }
  return new Response(content, { headers: { ...headers, "Content-Type": contentType } });
}
