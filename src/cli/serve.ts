import { EXIT } from "./exit_code.ts";
import { listenError } from "./listen_error.ts";
import type { CommandApp, Serving, Verb } from "./verb.ts";

/** `serve`: answers HTTP and keeps the schedule until it is told to stop. */
export const serveVerb: Verb = {
  name: "serve",
  summary: {
    zh: "启动服务、管理页与定时备份",
    en: "serve the API, the admin page and the schedule",
  },
  // It prints nothing: it logs, in the format of logging.format.
  without: ["json"],
  async run(context) {
    const app = await context.open({ serve: true });
    return await serveUntil(context.signal, app, () => startServing(app));
  },
};

/**
 * Serves until `signal` is aborted, then stops in order.
 *
 * @param start Starts listening; whatever it throws ends the serving.
 * @returns The exit code.
 */
export async function serveUntil(
  signal: AbortSignal,
  app: CommandApp,
  start: () => Promise<Serving>,
): Promise<number> {
  await using _stops = app;
  const { finished } = await start();
  await Promise.race([finished, aborted(signal)]);
  return EXIT.done;
}

/** Starts listening; an address that cannot be used is a mistake in the configuration. */
export async function startServing(app: CommandApp): Promise<Serving> {
  try {
    return await app.startServing();
  } catch (error) {
    throw listenError(error, app.config.server);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  else signal.addEventListener("abort", () => resolve(), { once: true });
  return promise;
}
