import { z } from "@hono/zod-openapi";
import { partSchema, schemaUpgradeSchema } from "./schemas.ts";

const strings = z.array(z.string()).readonly();
const count = z.number().int();

const files = z.object({
  added: count,
  removed: count,
  changed: count,
  unchanged: count,
  first: z.object({ added: strings, removed: strings, changed: strings }),
});

/** What `POST restore/preview` answers. */
export const restorePreviewSchema = z.object({
  backup_id: z.string(),
  includes: z.array(partSchema).readonly(),
  allowed: z.boolean(),
  refusals: z.array(z.object({ code: z.string(), detail: z.string(), force: z.boolean() }))
    .readonly(),
  warnings: strings,
  tables: z.array(z.object({
    name: z.string(),
    before: count.nullable(),
    after: count.nullable(),
  })).readonly(),
  covers: files.nullable(),
  extra: files.nullable(),
  config: z.array(z.object({
    key: z.string(),
    before: z.string().nullable(),
    after: z.string().nullable(),
    kept: z.boolean(),
  })).readonly(),
  schema: z.object({
    live: z.string().nullable(),
    backup: z.string().nullable(),
    direction: z.enum(["same", "newer", "older", "unknown"]),
    lacking: strings,
    upgrade: schemaUpgradeSchema.nullable(),
  }).nullable(),
  admins: z.object({ added: strings, removed: strings, password_changed: strings }).nullable(),
  space: z.array(z.object({
    volume: z.string(),
    needed_bytes: z.number(),
    reserve_bytes: z.number(),
    free_bytes: z.number(),
  })).readonly(),
  expected_seconds: z.number().nullable(),
}).openapi("RestorePreview");
