/** Both ends inclusive. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Reads a `Range` header against a file of `size` bytes.
 *
 * @returns The range; `"all"` when the header is absent, malformed, in another unit or names several ranges, which
 * a server may ignore; `"unsatisfiable"` when no byte of it exists.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-14.2
 */
export function parseRange(
  header: string | undefined,
  size: number,
): ByteRange | "all" | "unsatisfiable" {
  const [, first = "", last = ""] = /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(header ?? "") ?? [];
  if (first === "" && last === "") return "all";
  if (first === "") {
    const suffix = Math.min(Number(last), size);
    return suffix === 0 ? "unsatisfiable" : { start: size - suffix, end: size - 1 };
  }
  const start = Number(first);
  if (last !== "" && Number(last) < start) return "all";
  if (start >= size) return "unsatisfiable";
  return { start, end: last === "" ? size - 1 : Math.min(Number(last), size - 1) };
}

/**
 * Tells whether an `If-Range` header lets a range be served.
 *
 * @param etag The file's strong validator.
 * @param modifiedAt Milliseconds since the epoch.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-13.1.5
 */
export function allowsRange(
  header: string | undefined,
  etag: string,
  modifiedAt: number,
): boolean {
  if (header === undefined) return true;
  const value = header.trim();
  if (value.startsWith('"')) return value === etag;
  if (value.startsWith("W/")) return false;
  return Date.parse(value) === Math.floor(modifiedAt / 1000) * 1000;
}

/**
 * Tells whether an `If-None-Match` header names the file the client has already.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2
 */
export function matchesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === "*") return true;
  const weak = (tag: string) => tag.trim().replace(/^W\//, "");
  return header.split(",").some((tag) => weak(tag) === weak(etag));
}
