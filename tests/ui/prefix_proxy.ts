/** A reverse proxy that serves a server under a prefix, as one beside other services does. */
export interface PrefixProxy extends AsyncDisposable {
  /** Address of the server behind it, with the prefix. */
  readonly url: string;
  /** What was asked for outside the prefix, with the method. */
  readonly strays: readonly string[];
  /** What was asked for inside it, with the method and without the query. */
  readonly passed: readonly string[];
}

/** Starts a {@linkcode PrefixProxy}: the prefix is cut off, everything else passes as it is. */
export function startPrefixProxy(upstream: string, prefix: string): PrefixProxy {
  const strays: string[] = [];
  const passed: string[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { pathname, search } = new URL(request.url);
      if (!pathname.startsWith(prefix)) {
        strays.push(`${request.method} ${pathname}`);
        return new Response("not mine", { status: 404 });
      }
      passed.push(`${request.method} ${pathname.slice(prefix.length)}`);
      const headers = new Headers(request.headers);
      headers.set("Accept-Encoding", "identity"); // `fetch` would undo it, and its header would lie.
      try {
        return await fetch(new URL(pathname.slice(prefix.length) + search, upstream), {
          method: request.method,
          headers,
          body: request.body,
          redirect: "manual",
        });
      } catch {
        const page = "<h1>502 Bad Gateway</h1>"; // Nobody listens behind it.
        return new Response(page, { status: 502, headers: { "Content-Type": "text/html" } });
      }
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}${prefix}`,
    strays,
    passed,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
