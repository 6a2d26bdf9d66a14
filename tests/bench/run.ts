/**
 * `deno task bench`: how fast, how small and how light, beside everything else that is installed.
 *
 * @module
 */
import { join } from "node:path";
import { type Arena, contestCreate, contestRestore, contestValidate } from "./contest.ts";
import { CONTESTANTS } from "./contestants/mod.ts";
import { ours } from "./contestants/ours.ts";
import { measureFloor } from "./floor.ts";
import { copyFolder, removeIfThere, sizeOfFolder } from "./library/folders.ts";
import { makeLibrary } from "./library/make_library.ts";
import { areInstalled } from "./measure/is_installed.ts";
import { runMeasured } from "./measure/run_measured.ts";
import { settleDisk } from "./measure/settle_disk.ts";
import { warmMemory } from "./measure/warm_memory.ts";
import { type Options, readOptions, USAGE } from "./options.ts";
import type { PhaseTimes } from "./phases.ts";
import { print, say } from "./print.ts";
import { describeMachine, type LibraryReport, type Report } from "./report.ts";
import { measureServer } from "./server/measure_server.ts";
import { isLong, SIZES } from "./sizes.ts";
import { renderReport } from "./table.ts";

const PHASES = join(import.meta.dirname ?? ".", "phases.ts");
const README = join(import.meta.dirname ?? ".", "README.md");
const RESULTS = "## Results";

/** A library ready to be measured. */
interface Prepared {
  readonly name: string;
  readonly root: string;
}

async function main(options: Options): Promise<void> {
  const machine = describeMachine();
  const libraries: LibraryReport[] = [];
  const prepared = await prepareLibraries(options);
  const arena = join(options.folder, "arena");
  await removeIfThere(arena);
  for (const library of prepared) libraries.push(await measureLibrary(library, options));
  const [first] = prepared;
  const server = options.server && first !== undefined ? await measureServing(first, options) : [];
  await removeIfThere(arena);
  const report: Report = {
    date: new Date().toISOString().slice(0, 10),
    machine,
    rounds: options.rounds,
    libraries,
    server,
  };
  await Deno.writeTextFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
  print(renderReport(report));
  if (options.readme) await keepInReadme(renderReport(report));
  say(`written: ${options.json}`);
}

/** Puts a table in the place of the one that the README keeps. */
async function keepInReadme(table: string): Promise<void> {
  const text = await Deno.readTextFile(README);
  const end = text.indexOf(RESULTS) + RESULTS.length;
  await Deno.writeTextFile(README, `${text.slice(0, end)}\n\n${table}`);
}

async function prepareLibraries(options: Options): Promise<Prepared[]> {
  const folder = join(options.folder, "libraries");
  if (options.library !== null) {
    const root = join(folder, "copy");
    await removeIfThere(root);
    await copyFolder(options.library, root);
    return [{ name: "given", root }];
  }
  const prepared: Prepared[] = [];
  for (const name of options.sizes) {
    const root = join(folder, options.text === null ? name : `${name}-text`);
    say(`library ${name}: ${root}`);
    await makeLibrary(root, {
      ...SIZES[name],
      ...options.text === null ? {} : { text: options.text },
    });
    prepared.push({ name, root });
  }
  return prepared;
}

async function measureLibrary({ name, root }: Prepared, options: Options): Promise<LibraryReport> {
  const folder = join(options.folder, "arena", name);
  await Deno.mkdir(folder, { recursive: true });
  const rounds = isLong(name) ? 1 : options.rounds;
  const arena: Arena = { library: root, folder, rounds, say };
  const able = CONTESTANTS.filter(({ needs }) => areInstalled(needs));
  const quick = able.filter(({ isSlow = false }) => !(isSlow && isLong(name)));
  const create = await contestCreate(arena, quick);
  const { phases, ...archive } = await makeArchive(root, folder);
  const validate = await contestValidate(arena, able, archive);
  const restore = await contestRestore(arena, able, archive);
  const databasePath = join(root, "data", "library.db");
  const databaseBytes = (await Deno.stat(databasePath)).size;
  const { bytes: coverBytes, files: covers } = await sizeOfFolder(join(root, "covers"));
  await warmMemory();
  const floor = await measureFloor(
    { databasePath, databaseBytes, coverBytes },
    phases.fileSize,
    folder,
  );
  return {
    name,
    databaseBytes,
    coverBytes,
    covers,
    create,
    validate,
    restore,
    phases,
    floor,
  };
}

/** Makes the archive that all readers read, and times the phases of its making. */
async function makeArchive(library: string, folder: string) {
  const store = join(folder, "store");
  await removeIfThere(join(library, "data", ".shuku-stores.json"));
  await settleDisk();
  await warmMemory();
  const { stdout } = await runMeasured({
    command: [Deno.execPath(), "run", "-A", "--no-check", PHASES, library, store],
  });
  const phases: PhaseTimes = JSON.parse(stdout);
  for await (const { name } of Deno.readDir(store)) {
    if (!name.endsWith(".zip")) continue;
    return { phases, store, backupId: name.slice(0, -4), archive: join(store, name) };
  }
  throw new Error(`${ours.name} made no archive`);
}

async function measureServing(library: Prepared, options: Options) {
  const folder = join(options.folder, "service");
  await removeIfThere(folder);
  const copy = join(folder, "library");
  await copyFolder(library.root, copy);
  await removeIfThere(join(copy, "data", ".shuku-stores.json"));
  const { transferBytes, listed } = options;
  try {
    return await measureServer({ library: copy, folder, transferBytes, listed, say });
  } finally {
    await removeIfThere(folder);
  }
}

if (Deno.args.includes("--help")) print(USAGE);
else await main(readOptions(Deno.args));
