import { join } from "node:path";
import type {
  Contestant,
  Ground,
  ReadingGround,
  RestoringGround,
} from "./contestants/contestant.ts";
import { copyFolder, removeIfThere, removeLargeFiles, sizeOfFolder } from "./library/folders.ts";
import { type Measured, type Program, runMeasured } from "./measure/run_measured.ts";
import { settleDisk } from "./measure/settle_disk.ts";
import { median } from "./measure/statistics.ts";
import { warmMemory } from "./measure/warm_memory.ts";

/** What a contestant took, over all rounds. */
export interface Result {
  readonly name: string;
  readonly seconds: number;
  readonly allSeconds: readonly number[];
  readonly peakBytes: number;
  readonly cpuSeconds: number;
  /** Bytes of what was made; `null` when nothing is. */
  readonly madeBytes: number | null;
}

/** The library in contest and the place to do it. */
export interface Arena {
  readonly library: string;
  /** A folder that the contests fill; whoever made it removes it when all is measured. */
  readonly folder: string;
  readonly rounds: number;
  readonly say: (text: string) => void;
}

interface Turn extends Program {
  readonly made?: string;
}

/** The file in which a library remembers its backup folders; each round has a new one. */
const STORES = join("data", ".shuku-stores.json");

/** Every contestant makes a backup of the same library, in turn, `rounds` times. */
export function contestCreate(arena: Arena, contestants: readonly Contestant[]): Promise<Result[]> {
  return contest(arena, "create", contestants, async (one, ground) => {
    await removeIfThere(join(ground.library, STORES));
    return await one.create?.(ground);
  });
}

/** Every contestant checks the same archive. */
export function contestValidate(
  arena: Arena,
  contestants: readonly Contestant[],
  archive: Omit<ReadingGround, keyof Ground>,
): Promise<Result[]> {
  return contest(
    arena,
    "validate",
    contestants,
    (one, ground) => one.validate?.({ ...ground, ...archive }),
  );
}

/** Every contestant puts the same archive back into a library without covers. */
export function contestRestore(
  arena: Arena,
  contestants: readonly Contestant[],
  archive: Omit<RestoringGround, keyof Ground | "target">,
): Promise<Result[]> {
  return contest(arena, "restore", contestants, async (one, ground) => {
    const target = join(ground.work, "..", "target");
    for (const part of ["data", "config", "alembic"]) {
      await copyFolder(join(arena.library, part), join(target, part));
    }
    await Deno.mkdir(join(target, "covers"));
    return await one.restore?.({ ...ground, ...archive, target });
  });
}

async function contest(
  arena: Arena,
  verb: "create" | "validate" | "restore",
  contestants: readonly Contestant[],
  prepare: (one: Contestant, ground: Ground) => Promise<Turn | undefined> | undefined,
): Promise<Result[]> {
  const able = contestants.filter((one) => one[verb] !== undefined);
  const runs = new Map<string, (Measured & { madeBytes: number | null })[]>();
  const turns = join(arena.folder, verb);
  let turnsTaken = 0;
  const takeTurn = async (one: Contestant) => {
    const work = join(turns, String(turnsTaken++), "work");
    await Deno.mkdir(work, { recursive: true });
    const turn = await prepare(one, { library: arena.library, work });
    if (turn === undefined) return null;
    await settleDisk();
    await warmMemory();
    const measured = await runMeasured(turn);
    const madeBytes = turn.made === undefined ? null : await bytesOf(turn.made);
    // The memory of large files is the next contestant's. Small ones stay till the end of all: ext4 makes new files slowly for
    // minutes after many were removed, since it looks at each of their numbers and passes it over.
    await removeLargeFiles(turns);
    return { ...measured, madeBytes };
  };
  // Not counted: caches fill, those of the disk and those of programs, and the host hands memory out. Where one round is all there
  // is, since it takes minutes, it is the first turn of all that would pay for the memory of the others.
  for (const one of arena.rounds > 1 ? able : able.slice(0, 1)) await takeTurn(one);
  for (let round = 0; round < arena.rounds; round++) {
    // Whoever goes first finds other caches: each goes first once.
    for (const one of [...able.slice(round % able.length), ...able.slice(0, round % able.length)]) {
      const run = await takeTurn(one);
      if (run === null) continue;
      runs.set(one.name, [...runs.get(one.name) ?? [], run]);
      arena.say(`${verb} ${round + 1}/${arena.rounds} ${one.name}: ${run.seconds.toFixed(2)} s`);
    }
  }
  return able.map(({ name }) => summarize(name, runs.get(name) ?? []));
}

function summarize(
  name: string,
  runs: readonly (Measured & { madeBytes: number | null })[],
): Result {
  return {
    name,
    seconds: median(runs.map(({ seconds }) => seconds)),
    allSeconds: runs.map(({ seconds }) => seconds),
    peakBytes: Math.max(...runs.map(({ peakBytes }) => peakBytes)),
    cpuSeconds: median(runs.map(({ cpuSeconds }) => cpuSeconds)),
    madeBytes: runs[0]?.madeBytes ?? null,
  };
}

/** Bytes of a file, or of all files in a folder. */
async function bytesOf(path: string): Promise<number> {
  const { isDirectory, size } = await Deno.stat(path);
  return isDirectory ? (await sizeOfFolder(path)).bytes : size;
}
