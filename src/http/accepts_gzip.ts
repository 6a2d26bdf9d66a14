/**
 * Tells from an `Accept-Encoding` header whether a compressed answer may be sent.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3
 */
export function acceptsGzip(header: string | undefined): boolean {
  const codings = (header ?? "").toLowerCase().split(",").map((part) => {
    const [name = "", ...parameters] = part.split(";").map((word) => word.trim());
    const isRefused = parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter));
    return { name, isRefused };
  });
  const named = codings.find(({ name }) => name === "gzip") ??
    codings.find(({ name }) => name === "*");
  return named !== undefined && !named.isRefused;
}
