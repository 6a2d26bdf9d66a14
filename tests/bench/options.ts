import { parseArgs } from "node:util";
import { join, resolve } from "node:path";
import { type SizeName, SIZES } from "./sizes.ts";

/** What the bench is asked to measure. */
export interface Options {
  /** Libraries to make and measure. */
  readonly sizes: readonly SizeName[];
  /** A real library to measure instead; it is copied first and never written to. */
  readonly library: string | null;
  /** A file of real text for the libraries that are made. */
  readonly text: string | null;
  readonly rounds: number;
  /** Measure the server too. */
  readonly server: boolean;
  /** Bytes of the file that is downloaded and uploaded. */
  readonly transferBytes: number;
  /** Backups in the list. */
  readonly listed: number;
  /** Where libraries are kept and work is done. */
  readonly folder: string;
  readonly json: string;
  /** Keep the table in the README. */
  readonly readme: boolean;
}

export const USAGE = `Usage: deno task bench [options]

  --quick          one round, the 30 MB library
  --full           30 MB, 300 MB and 3 GB (with 50,000 covers), and transfers of 2 GB
  --sizes LIST     of ${Object.keys(SIZES).join(", ")}; default 250MB
  --library PATH   measure a copy of this library (data/, covers/, config/) instead
  --text FILE      take the chapters from this file of real text
  --rounds N       default 3
  --no-server      only whole commands
  --folder DIR     default .bench
  --readme         keep the table in tests/bench/README.md
  --json FILE      default <folder>/result.json
`;

/** Reads the command line. */
export function readOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      quick: { type: "boolean", default: false },
      full: { type: "boolean", default: false },
      sizes: { type: "string" },
      library: { type: "string" },
      text: { type: "string" },
      rounds: { type: "string" },
      "no-server": { type: "boolean", default: false },
      folder: { type: "string", default: ".bench" },
      json: { type: "string" },
      readme: { type: "boolean", default: false },
    },
  });
  const { quick, full } = values;
  const folder = resolve(values.folder);
  const usual: SizeName[] = full ? ["30MB", "300MB", "3GB"] : quick ? ["30MB"] : ["250MB"];
  return {
    sizes: values.sizes === undefined ? usual : readSizes(values.sizes),
    library: values.library === undefined ? null : resolve(values.library),
    text: values.text === undefined ? null : resolve(values.text),
    rounds: readCount(values.rounds ?? (quick ? "1" : "3")),
    server: !values["no-server"],
    transferBytes: full ? 2_000_000_000 : 300_000_000,
    listed: 1_000,
    folder,
    json: resolve(values.json ?? join(folder, "result.json")),
    readme: values.readme,
  };
}

function readSizes(text: string): SizeName[] {
  return text.split(",").map((name) => {
    if (!isSize(name)) {
      throw new TypeError(`no size ${name}; known: ${Object.keys(SIZES).join(", ")}`);
    }
    return name;
  });
}

function isSize(name: string): name is SizeName {
  return Object.hasOwn(SIZES, name);
}

function readCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new TypeError(`not a number of rounds: ${text}`);
  return count;
}
