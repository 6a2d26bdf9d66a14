import { check } from "./check.ts";
import { probeWrite, readFileContents, readVersion, recognise } from "./contents.ts";
import { adoptCopy, copy } from "./copy.ts";
import { examine } from "./examine.ts";
import { inspect } from "./inspect.ts";
import { claimAlone, overwrite } from "./overwrite.ts";
import { upgradeSchema } from "./upgrade_schema.ts";

/** Everything the worker can do. Each takes an order that can be posted and a workbench. */
export const OPERATIONS = {
  adoptCopy,
  check,
  claimAlone,
  copy,
  examine,
  inspect,
  overwrite,
  probeWrite,
  readFileContents,
  readVersion,
  recognise,
  upgradeSchema,
} as const;

/** A key of {@linkcode OPERATIONS}. */
export type OperationName = keyof typeof OPERATIONS;

/** What an operation is told. */
export type OrderOf<Name extends OperationName> = Parameters<typeof OPERATIONS[Name]>[0];

/** What an operation answers. */
export type ResultOf<Name extends OperationName> = Awaited<ReturnType<typeof OPERATIONS[Name]>>;
