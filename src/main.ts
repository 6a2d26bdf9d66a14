/**
 * The program: reads the environment once, hears signals, and runs a verb of the command line.
 *
 * @module
 */
import { addSampleBooks, checkSchedule, findKnownStore, isStore, openApp } from "./app.ts";
import { AppError } from "./base/errors.ts";
import { runCommand } from "./cli/run_command.ts";
import { systemTerminal } from "./cli/terminal.ts";
import type { CommandApp, OpenOptions } from "./cli/verb.ts";
import { type Environment, readEnvironment } from "./config/env.ts";
import { loadConfig } from "./config/load.ts";
import { localeLanguage } from "./config/locale.ts";

async function main(): Promise<number> {
  const env = readEnvironment();
  return await runCommand(Deno.args, {
    terminal: systemTerminal(localeLanguage(env)),
    signal: hearSignals(),
    open: (options) => open(options, env),
    readConfig: async (options) => (await load({ ...options, withoutConfig: true }, env)).config,
    addSampleBooks,
  });
}

async function open(options: OpenOptions, env: Environment): Promise<CommandApp> {
  const { demo, serve = false } = options;
  const { config, secrets } = serve ? await loadToServe(options, env) : await load(options, env);
  if (demo === undefined) {
    // A command speaks for itself; what it logs besides is for whoever asked for that.
    const quiet = !serve && env["LOG_LEVEL"] === undefined && config.logging.level === "INFO";
    const { language } = config.logging;
    const logging = quiet
      ? { level: "WARNING", format: "text", language } as const
      : config.logging;
    const app = { ...config, logging };
    return await openApp(app, secrets, { serve, environment: env, logFailures: !quiet });
  }
  const { hostname, port } = demo;
  return await openApp(
    { ...config, server: { ...config.server, host: hostname, port } },
    secrets,
    { serve },
  );
}

/** Where backups were made before, a server comes up without its file too; a first start is told what is wrong with it. */
async function loadToServe(options: OpenOptions, env: Environment) {
  const loaded = await load({ ...options, withoutConfig: options.demo === undefined }, env);
  const { unreadable, backup } = loaded.config;
  return unreadable === null || await isStore(backup.path) ? loaded : await load(options, env);
}

async function load({ configPath, root, demo, withoutConfig }: OpenOptions, env: Environment) {
  return await loadConfig({
    configPath,
    root,
    // A variable meant for a real library must not lead the demo to it.
    env: demo === undefined ? env : ofThePerson(env),
    workingFolder: Deno.cwd(),
    checkSchedule,
    findBackups: withoutConfig === true ? findKnownStore : undefined,
  });
}

/** The variables that tell of whoever sits there, and nothing of a library. */
function ofThePerson(env: Environment): Environment {
  return Object.fromEntries(
    ["TZ", "LC_ALL", "LC_MESSAGES", "LANG"].map((name) => [name, env[name]]),
  );
}

/** The first interrupt asks the work to stop cleanly; a second one ends the process where it stands. */
function hearSignals(): AbortSignal {
  const controller = new AbortController();
  const hear = (signal: Deno.Signal, exitCode: number) =>
    Deno.addSignalListener(signal, () => {
      if (controller.signal.aborted) Deno.exit(exitCode);
      controller.abort(new AppError("job.cancelled"));
    });
  hear("SIGINT", 130);
  if (Deno.build.os !== "windows") hear("SIGTERM", 143);
  return controller.signal;
}

if (import.meta.main) Deno.exit(await main());
