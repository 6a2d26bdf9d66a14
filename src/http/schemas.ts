/**
 * The shapes of requests and answers: what validates a request and what the OpenAPI document shows.
 *
 * Handlers are typed by them, so an answer that drifts from its description does not compile.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";

/** Characters of a description. */
const DESCRIPTION_LIMIT = 1000;

const list = <Item extends z.ZodType>(item: Item) => z.array(item).readonly();

/** What a backup holds or a request asks for. */
export const partSchema = z.enum(["database", "covers", "config", "extra"]);

/** A choice of parts; absent or `null` means the default. */
export const includesSchema = z.array(partSchema).min(1).max(4).nullish()
  .transform((parts) => parts ? [...new Set(parts)] : undefined)
  .openapi({ type: "array", items: { type: "string" }, description: "缺省为全部默认内容" });

/** Free text of at most 1,000 characters. */
export const descriptionSchema = z.string()
  .refine((text) => [...text].length <= DESCRIPTION_LIMIT, {
    params: { maximum: DESCRIPTION_LIMIT },
  })
  .openapi({ maxLength: DESCRIPTION_LIMIT });

/** An optional yes or no; `null` counts as absent. */
export const flagSchema = z.boolean().nullish().transform((value) => value ?? undefined);

/** The path parameter of one backup. Its form is checked before any file is touched. */
export const backupPathSchema = z.object({
  backup_id: z.string().openapi({ param: { name: "backup_id", in: "path" } }),
});

/** `?wait=false`: answer 202 at once and work on. */
export const waitQuerySchema = z.object({
  wait: z.enum(["true", "false"]).optional().openapi({
    description: "false: 立即返回 202 与任务编号",
  }),
});

/** Whether what is whole is taken although it was changed. */
export const forceQuerySchema = z.object({
  force: z.enum(["true", "false"]).optional().openapi({
    description: "true: 制作之后被改动过、但内容完好的备份也收下",
  }),
});

/** Every error. */
export const problemSchema = z.looseObject({
  detail: z.string(),
  code: z.string().openapi({ example: "backup.not_found" }),
}).openapi("Problem");

/** The answer to `?wait=false`. */
export const acceptedSchema = z.object({ job_id: z.string() }).openapi("Accepted");

/** A restore was started: the token is good for watching and undoing it, whatever users are restored. */
export const acceptedRestoreSchema = z.object({
  job_id: z.string(),
  restore_token: z.string().optional(),
})
  .openapi("AcceptedRestore");

/** Result of one restore drill. */
export const drillOutcomeSchema = z.object({
  backup_id: z.string(),
  result: z.enum(["passed", "failed", "error"]),
  at: z.string(),
  duration_seconds: z.number(),
  detail: z.string().nullable(),
}).openapi("DrillOutcome");

/** A backup in the list. */
export const backupSchema = z.object({
  backup_id: z.string(),
  file_name: z.string(),
  file_path: z.string(),
  file_size: z.number().int(),
  file_size_mb: z.number(),
  created_at: z.string().openapi({ example: "2026-01-15T23:00:00" }),
  created_at_utc: z.string(),
  description: z.string(),
  includes: list(partSchema),
  checksum: z.string(),
  sha256: z.string(),
  version: z.string(),
  kind: z.enum(["manual", "auto", "snapshot", "uploaded"]),
  pinned: z.boolean(),
  verified_at: z.string().nullable(),
  state: z.enum(["ok", "damaged"]),
  error: z.string().nullable(),
  library_id: z.string().nullable(),
  other_library: z.boolean(),
  future: z.boolean(),
  changed: z.boolean(),
  newest_verified: z.boolean(),
  missing_covers: list(z.string()),
  missing_covers_count: z.number().int(),
  symlinks: list(z.string()).optional(),
  symlinks_count: z.number().int().optional(),
  free_bytes: z.number().nullish(),
  restoring: z.string().nullish(),
  rows: z.record(z.string(), z.number()).readonly(),
  cover_count: z.number().int(),
  shrunk: z.boolean(),
  incomplete: z.boolean(),
  in_use: z.boolean(),
  drill: drillOutcomeSchema.nullable(),
}).openapi("Backup");

/** Backups that wait to be removed. */
export const pendingRemovalSchema = z.object({
  backup_ids: list(z.string()),
  bytes: z.number(),
  removes_at: z.string().nullable(),
}).openapi("PendingRemoval");

/** A backup with every file in it. */
export const backupDetailSchema = backupSchema.extend({
  files: list(z.object({ path: z.string(), size: z.number(), sha256: z.string() })),
  left_out: list(z.object({ path: z.string(), reason: z.string() })),
  left_out_count: z.number().int(),
  warnings: list(z.string()),
}).openapi("BackupDetail");

/** One run. */
export const jobSchema = z.object({
  job_id: z.string(),
  kind: z.enum(["create", "restore", "undo", "drill", "upload", "validate"]),
  state: z.enum(["running", "done", "failed", "cancelled"]),
  phase: z.string(),
  done_bytes: z.number(),
  total_bytes: z.number().nullable(),
  bytes_per_second: z.number().nullable(),
  eta_seconds: z.number().nullable(),
  started_at: z.string(),
  finished_at: z.string().nullable(),
  backup_id: z.string().nullable(),
  file_name: z.string().nullable(),
  actor: z.string(),
  cancellable: z.boolean(),
  error: z.object({ code: z.string(), detail: z.string() }).nullable(),
  warnings: list(z.string()),
}).openapi("Job");

/** What is added to a backup's database from the live schema. */
export const schemaUpgradeSchema = z.object({
  added: list(z.string()),
  missing: list(z.object({ name: z.string(), reason: z.string() })),
}).openapi("SchemaUpgrade");

/** Result of a restore or its undo. */
export const restoreResultSchema = z.object({
  success: z.literal(true),
  backup_id: z.string(),
  restored: list(partSchema),
  snapshot_id: z.string().nullable(),
  restart_required: z.boolean(),
  library_restart_recommended: z.boolean(),
  schema_upgrade: schemaUpgradeSchema.nullable(),
  warnings: list(z.string()),
  kept: list(z.string()),
  restore_token: z.string().optional(),
}).openapi("RestoreResult");

/** Whether a restore is being completed. */
export const restoreStatusSchema = z.object({
  pending: z.boolean(),
  state: z.string().nullable(),
  backup_id: z.string().nullable(),
  reason: z.string().nullable(),
  next_try_at: z.string().nullable(),
  stuck: z.boolean(),
}).openapi("RestoreStatus");

/** A JSON answer for {@linkcode createRoute}. */
export function jsonAnswer<Schema extends z.ZodType>(schema: Schema, description: string) {
  return { description, content: { "application/json": { schema } } };
}

/** A JSON body for {@linkcode createRoute}; its size is bounded before it is parsed. */
export function jsonBody<Schema extends z.ZodType>(schema: Schema) {
  return { required: true, content: { "application/json": { schema } } };
}

/**
 * A body that its handler reads by itself, described only: a plain schema is not used to validate.
 *
 * @param schemas A JSON schema for each content type.
 */
export function streamedBody(schemas: Readonly<Record<string, PlainSchema>>) {
  const content = Object.entries(schemas).map(([type, schema]) => [type, { schema }] as const);
  return { required: true, content: Object.fromEntries(content) };
}

/** The file itself, byte for byte. */
export const fileSchema: PlainSchema = { type: "string", format: "binary" };

/** A JSON schema written out. */
export interface PlainSchema {
  readonly type: "object" | "string";
  readonly format?: string;
  readonly properties?: Record<string, PlainSchema>;
  readonly required?: string[];
}

/** An error answer for the OpenAPI document. */
export function problemAnswer(description: string) {
  return { description, content: { "application/json": { schema: problemSchema } } };
}
