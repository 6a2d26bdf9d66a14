import assert from "node:assert/strict";
import { join, relative } from "node:path";

/**
 * The drawing of `src/README.md`, checked: who may import whom, which room opens which library, where the
 * clock, the console and the environment are, and how long a file may be.
 */

const ROOT = join(import.meta.dirname ?? ".", "..");

/** What a room may import besides itself, `base/` and types of `config/`. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  main: ["app", "cli", "config"],
  app: [
    ...["archive", "auth", "backup", "config", "database"],
    ...["http", "jobs", "restore", "scheduler", "state", "storage"],
  ],
  // The page is files that http serves.
  http: ["backup", "scheduler", "jobs", "auth", "ui"],
  cli: ["backup", "scheduler", "jobs", "auth"],
  ui: [],
  backup: ["archive", "database", "restore", "jobs", "storage"],
  scheduler: ["storage"],
  jobs: ["storage"],
  state: ["storage"],
  restore: ["archive", "database", "storage"],
  archive: ["storage"],
  database: ["storage"],
  targets: ["storage"],
  auth: [],
  storage: [],
  config: [],
  base: [],
};

/** The one room that opens each library. */
const DOORS: Readonly<Record<string, string>> = {
  "hono": "http",
  "@hono/zod-openapi": "http",
  "@fastify/busboy": "http",
  "zod": "http",
  "@zip-js/zip-js": "archive",
  "node:sqlite": "database",
  "croner": "scheduler",
  "yaml": "config",
  "jose": "auth",
  "preact": "ui",
  "htm": "ui",
  "uplot": "ui",
};

/** What only one place may say. */
const ROOMS_OF_WORDS: readonly { word: RegExp; name: string; allowed: RegExp }[] = [
  { word: /\bconsole\s*\./, name: "console", allowed: /^(base\/log\.ts$|cli\/)/ },
  { word: /\bDeno\.env\b/, name: "Deno.env", allowed: /^config\// },
  { word: /\bprocess\.env\b/, name: "process.env", allowed: /^config\// },
  { word: /\bDate\.now\(/, name: "Date.now()", allowed: /^(base\/clock\.ts$|ui\/)/ },
  { word: /\bnew Date\(/, name: "new Date()", allowed: /^(base\/clock\.ts$|ui\/)/ },
  { word: /\beval\(|\bnew Function\(/, name: "eval", allowed: /^$/ },
];

const MOST_LINES = 400;

interface Source {
  /** Relative to `src`, with slashes. */
  readonly path: string;
  readonly text: string;
}

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

function roomOf(path: string): string {
  const [first = ""] = path.split("/");
  return first.replace(/\.(ts|tsx|js)$/, "");
}

/** Source without comments; strings stay, since specifiers are strings. */
function withoutComments(text: string): string {
  return text.replace(
    /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g,
    (_match, literal?: string) => literal ?? " ",
  );
}

/** Source without comments and without what stands in quotes, so that a sentence may name a word. */
function withoutStrings(text: string): string {
  return withoutComments(text).replace(/"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g, '""');
}

function importsOf(text: string): Import[] {
  const code = withoutComments(text);
  const found: Import[] = [];
  const statement =
    /^\s*(?:import|export)\s+(type\s)?([^"';]*?)from\s*["']([^"']+)["']|^\s*import\s*["']([^"']+)["']/gm;
  for (const [, type, names = "", from, bare] of code.matchAll(statement)) {
    const inner = /^\s*\{([^}]*)\}\s*$/.exec(names)?.[1];
    const everyNameIsType = inner !== undefined &&
      inner.split(",").filter((name) => name.trim() !== "")
        .every((name) => /^\s*type\s/.test(name));
    found.push({ specifier: from ?? bare ?? "", typeOnly: type !== undefined || everyNameIsType });
  }
  const dynamic = /\bimport\(\s*["']([^"']+)["']|new URL\(\s*["'](\.[^"']*\.[tj]s)["']/g;
  for (const [, specifier, worker] of code.matchAll(dynamic)) {
    found.push({ specifier: specifier ?? worker ?? "", typeOnly: false });
  }
  return found;
}

function targetRoom(path: string, specifier: string): string {
  const target = new URL(specifier, `file:///src/${path}`).pathname;
  return target.startsWith("/src/") ? roomOf(target.slice("/src/".length)) : "outside";
}

function findArrowBreaches({ path, text }: Source): string[] {
  const room = roomOf(path);
  const allowed = ARROWS[room];
  if (allowed === undefined) return [`${path}: the room ${room} is not in the drawing`];
  return importsOf(text).filter(({ specifier }) => specifier.startsWith(".")).flatMap(
    ({ specifier, typeOnly }) => {
      const target = targetRoom(path, specifier);
      if (target === room || target === "base" || allowed.includes(target)) return [];
      if (path === "base/version.ts" && specifier === "../../deno.json") return [];
      if (target === "config" && (typeOnly || specifier.endsWith("config/types.ts"))) return [];
      return [`${path}: ${room} may not import ${target} (${specifier})`];
    },
  );
}

function findDoorBreaches({ path, text }: Source): string[] {
  const room = roomOf(path);
  return importsOf(text).filter(({ specifier }) => !specifier.startsWith(".")).flatMap(
    ({ specifier }) => {
      const library = specifier.startsWith("@")
        ? specifier.split("/").slice(0, 2).join("/")
        : specifier.split("/")[0] ?? specifier;
      if (/^(https?|jsr|npm):/.test(specifier)) {
        return [`${path}: ${specifier} belongs into the import map of deno.json`];
      }
      const door = DOORS[library];
      if (door === undefined) {
        return library.startsWith("node:") ? [] : [`${path}: ${library} has no door`];
      }
      return door === room ? [] : [`${path}: ${library} belongs to ${door}`];
    },
  );
}

function findWordBreaches({ path, text }: Source): string[] {
  const code = withoutStrings(text);
  return ROOMS_OF_WORDS.filter(({ word, allowed }) => word.test(code) && !allowed.test(path))
    .map(({ name }) => `${path}: ${name} does not belong here`);
}

function findShapeBreaches({ path, text }: Source): string[] {
  const base = path.split("/").at(-1) ?? "";
  const lines = text.split("\n").length - 1;
  return [
    ...(lines > MOST_LINES ? [`${path}: ${lines} lines, at most ${MOST_LINES}`] : []),
    ...(/^[a-z0-9]+(_[a-z0-9]+)*(\.d)?\.(ts|tsx|js)$/.test(base)
      ? []
      : [`${path}: file names are snake_case`]),
    ...(/^(utils?|helpers?|common|misc)\.(ts|js)$/.test(base)
      ? [`${path}: a file is named after the one thing it exports`]
      : []),
  ];
}

async function readSources(folder: string): Promise<Source[]> {
  const sources: Source[] = [];
  const visit = async (path: string) => {
    for await (const entry of Deno.readDir(path)) {
      const child = join(path, entry.name);
      if (entry.isDirectory && entry.name !== "fixtures") await visit(child);
      if (!entry.isFile || !/\.(ts|tsx|js)$/.test(entry.name)) continue;
      sources.push({
        path: relative(folder, child).replaceAll("\\", "/"),
        text: await Deno.readTextFile(child),
      });
    }
  };
  await visit(folder);
  return sources.sort((a, b) => a.path < b.path ? -1 : 1);
}

async function sourcesOfProduct(): Promise<Source[]> {
  const sources = await readSources(join(ROOT, "src"));
  assert.ok(sources.length > 50, `only ${sources.length} sources found`);
  return sources;
}

Deno.test("architecture: rooms import only what the drawing allows", async () => {
  assert.deepEqual((await sourcesOfProduct()).flatMap(findArrowBreaches), []);
});

Deno.test("architecture: each library has one door", async () => {
  assert.deepEqual((await sourcesOfProduct()).flatMap(findDoorBreaches), []);
});

Deno.test("architecture: clock, console and environment stay in their rooms", async () => {
  assert.deepEqual((await sourcesOfProduct()).flatMap(findWordBreaches), []);
});

Deno.test("architecture: files are short and named after what they export", async () => {
  const tests = await readSources(join(ROOT, "tests"));

  assert.deepEqual([...await sourcesOfProduct(), ...tests].flatMap(findShapeBreaches), []);
});

Deno.test("architecture: no import goes round in a circle between rooms", async () => {
  const edges = new Map<string, Set<string>>();
  for (const { path, text } of await sourcesOfProduct()) {
    const room = roomOf(path);
    const targets = edges.get(room) ?? edges.set(room, new Set()).get(room) ?? new Set();
    for (const { specifier, typeOnly } of importsOf(text)) {
      if (!specifier.startsWith(".") || typeOnly) continue;
      const target = targetRoom(path, specifier);
      if (target !== room) targets.add(target);
    }
  }

  assert.deepEqual(findCircle(edges), null);
});

function findCircle(edges: ReadonlyMap<string, ReadonlySet<string>>): string[] | null {
  const visit = (room: string, trail: readonly string[]): string[] | null => {
    if (trail.includes(room)) return [...trail.slice(trail.indexOf(room)), room];
    for (const next of edges.get(room) ?? []) {
      const circle = visit(next, [...trail, room]);
      if (circle !== null) return circle;
    }
    return null;
  };
  for (const room of edges.keys()) {
    const circle = visit(room, []);
    if (circle !== null) return circle;
  }
  return null;
}

Deno.test("architecture: the tasks grant no run, ffi or blanket permission", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json")));
  const served = ["start", "backup", "demo", "drill"];

  for (const name of served) {
    const command: string = tasks[name].command;
    assert.match(command, /--no-prompt/, name);
    assert.doesNotMatch(command, / -A\b|--allow-(all|run|ffi|import|hrtime)/, name);
  }
  for (const [name, task] of Object.entries(tasks)) {
    assert.ok((task as { description?: string }).description, `${name} has no description`);
  }
});

Deno.test("architecture: however the product is started, V8 is told the same", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json")));
  const container = await Deno.readTextFile(join(ROOT, ".docker", "shuku-backup"));
  const ways = Object.values<{ command: string }>(tasks).map(({ command }) => command)
    .filter((command) => command.includes("src/main.ts") && command.includes("--no-prompt"));

  assert.equal(ways.length, 7);
  for (const command of [...ways, container]) {
    assert.match(command, /--v8-flags=--optimize-for-size,--no-concurrent-recompilation /);
  }
});

Deno.test("architecture: the executable holds every worker", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json")));
  const started = /new URL\(\s*"(\.[^"]*\.ts)",\s*import\.meta\.url/g;
  const workers = (await sourcesOfProduct()).flatMap(({ path, text }) =>
    [...text.matchAll(started)].map(([, file]) => new URL(file ?? "", `file:///${path}`).pathname)
  );

  assert.ok(workers.length > 0);
  for (const path of workers) {
    assert.ok(tasks.compile.command.includes(`--include src${path} `), path);
  }
});

Deno.test("architecture: every environment variable that is read is granted", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json")));
  const { ENVIRONMENT_VARIABLES } = await import("../src/config/env.ts");
  const granted = /--allow-env=(\S+)/.exec(tasks.start.command)?.[1]?.split(",") ?? [];

  for (const name of ENVIRONMENT_VARIABLES) assert.ok(granted.includes(name), name);
});

/** The guards are only worth what they catch: each is shown a source that breaks its rule. */
const BREACHES: readonly { rule: (source: Source) => string[]; source: Source; finds: RegExp }[] = [
  {
    rule: findArrowBreaches,
    source: { path: "http/routes/list.ts", text: 'import { read } from "../../archive/read.ts";' },
    finds: /http may not import archive/,
  },
  {
    rule: findArrowBreaches,
    source: { path: "archive/read.ts", text: 'export * from "../backup/manager.ts";' },
    finds: /archive may not import backup/,
  },
  {
    rule: findArrowBreaches,
    source: { path: "storage/walk.ts", text: 'import { loadConfig } from "../config/load.ts";' },
    finds: /storage may not import config/,
  },
  {
    rule: findArrowBreaches,
    source: { path: "cli/list.ts", text: 'const x = await import("../storage/walk.ts");' },
    finds: /cli may not import storage/,
  },
  {
    rule: findArrowBreaches,
    source: {
      path: "jobs/lane.ts",
      text: 'import {\n  one,\n  two,\n} from "../database/copy.ts";',
    },
    finds: /jobs may not import database/,
  },
  {
    rule: findArrowBreaches,
    source: { path: "cellar/wine.ts", text: "" },
    finds: /not in the drawing/,
  },
  {
    rule: findDoorBreaches,
    source: { path: "backup/create.ts", text: 'import { DatabaseSync } from "node:sqlite";' },
    finds: /node:sqlite belongs to database/,
  },
  {
    rule: findDoorBreaches,
    source: { path: "http/server.ts", text: 'import { x } from "npm:left-pad@1";' },
    finds: /import map/,
  },
  {
    rule: findDoorBreaches,
    source: { path: "http/server.ts", text: 'import x from "left-pad";' },
    finds: /has no door/,
  },
  {
    rule: findWordBreaches,
    source: { path: "backup/create.ts", text: 'console.log("hi");' },
    finds: /console does not belong/,
  },
  {
    rule: findWordBreaches,
    source: { path: "http/server.ts", text: "const home = Deno.env.get(name);" },
    finds: /Deno\.env does not belong/,
  },
  {
    rule: findWordBreaches,
    source: { path: "jobs/lane.ts", text: "const now = Date.now();" },
    finds: /Date\.now\(\) does not belong/,
  },
  {
    rule: findWordBreaches,
    source: { path: "jobs/lane.ts", text: "const now = new Date();" },
    finds: /new Date\(\) does not belong/,
  },
  {
    rule: findShapeBreaches,
    source: { path: "jobs/lane.ts", text: "\n".repeat(401) },
    finds: /401 lines/,
  },
  { rule: findShapeBreaches, source: { path: "jobs/JobLane.ts", text: "" }, finds: /snake_case/ },
  { rule: findShapeBreaches, source: { path: "jobs/utils.ts", text: "" }, finds: /named after/ },
];

for (const { rule, source, finds } of BREACHES) {
  Deno.test(`architecture: ${rule.name}() catches ${finds.source}, in ${source.path}`, () => {
    const [breach = "nothing found"] = rule(source);

    assert.match(breach, finds);
  });
}

Deno.test("architecture: the guards let allowed sources pass", () => {
  const source: Source = {
    path: "restore/apply.ts",
    text: [
      '// import { bad } from "../backup/manager.ts";',
      'import type { Config } from "../config/types.ts";',
      'import { AppError } from "../base/errors.ts";',
      'import { copyDatabase } from "../database/copy.ts";',
      'import { join } from "node:path";',
      'const sentence = "console.log and Date.now() are only named here";',
    ].join("\n"),
  };

  const rules = [findArrowBreaches, findDoorBreaches, findWordBreaches, findShapeBreaches];
  assert.deepEqual(rules.flatMap((rule) => rule(source)), []);
});

Deno.test("architecture: findCircle() finds a circle and none in a tree", () => {
  const circle = new Map([["a", new Set(["b"])], ["b", new Set(["c"])], ["c", new Set(["a"])]]);
  const tree = new Map([["a", new Set(["b", "c"])], ["b", new Set(["c"])]]);

  assert.deepEqual(findCircle(circle), ["a", "b", "c", "a"]);
  assert.equal(findCircle(tree), null);
});
