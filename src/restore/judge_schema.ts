import { AppError } from "../base/errors.ts";
import type { Notice } from "../base/messages/mod.ts";
import type { SchemaUpgrade } from "../database/upgrade_schema.ts";
import type { Refusal } from "./refusal.ts";
import { namesOf, type SchemaComparison } from "./schema_direction.ts";

/** Names in a sentence. */
const NAMED = 10;

/**
 * Tells what of the live schema may be added to a backup's database while it is staged.
 *
 * Where the library's own migrations see to that, nothing: they would fail over what is there already. Where both are of
 * one version, a table that only the live one has is none of the library's; a column that it has come to use is.
 *
 * @returns `null` when there is nothing to add.
 */
export function upgradeScope(
  { direction, versions, lacking }: SchemaComparison,
): "all" | "columns" | null {
  if (versions === "none") return namesOf(lacking).length > 0 ? "all" : null;
  return direction === "same" && lacking.columns.length > 0 ? "columns" : null;
}

/** Why a restore is refused for the schema of its database. */
export function schemaRefusals(
  schema: SchemaComparison,
  upgrade: SchemaUpgrade | null,
): Refusal[] {
  const { direction, live, backup } = schema;
  if (direction === "newer") {
    return [{ error: new AppError("restore.newer_schema", { live, backup }), force: true }];
  }
  if (direction === "unknown" && live !== null) {
    const reasons = [`alembic_version ${backup} ≠ ${live}`];
    return [{ error: new AppError("restore.needs_force", { reasons }), force: true }];
  }
  const missing = listMissing(schema, upgrade);
  // Where the versions are equal, the library itself takes the one schema for the other.
  if (direction !== "older" || schema.versions !== "none" || missing.length === 0) return [];
  const details = { missing, upgrade_off: upgrade === null };
  return [{ error: new AppError("restore.older_schema", details), force: true }];
}

/** What is to be known of the schema although it passes. */
export function schemaWarnings(schema: SchemaComparison, upgrade: SchemaUpgrade | null): Notice[] {
  if (schema.direction === "older" && schema.versions === "compared") return [RUN_MIGRATIONS];
  const missing = upgradeScope(schema) === null ? [] : listMissing(schema, upgrade);
  const notBuilt = upgrade?.notAdded.filter(({ isNeeded }) => !isNeeded) ?? [];
  return [
    ...addedWarnings(upgrade?.added ?? []),
    ...missingWarnings([...missing, ...notBuilt.map(({ name, found }) => `${name} (${found})`)]),
  ];
}

/** What the library's rows have no place without. */
function listMissing(schema: SchemaComparison, upgrade: SchemaUpgrade | null): string[] {
  if (upgrade === null) {
    return upgradeScope(schema) === "all" ? namesOf(schema.lacking) : [...schema.lacking.columns];
  }
  return upgrade.notAdded.filter(({ isNeeded }) => isNeeded)
    .map(({ name, found }) => `${name} (${found})`);
}

const RUN_MIGRATIONS: Notice = {
  zh: "备份的数据库结构比现有的旧：恢复后请运行书库的数据库迁移并重启书库",
  en:
    "The backup's database schema is older: run the library's migrations and restart it afterwards",
};

function addedWarnings(added: readonly string[]): Notice[] {
  if (added.length === 0) return [];
  return [{
    zh: `备份的数据库结构比现有的旧：按现有结构补上了 ${shorten(added, "、")}；恢复后请重启书库`,
    en: `The backup's database schema is older: ${
      shorten(added, ", ")
    } are added to it as they are in the live one; restart the library afterwards`,
  }];
}

function missingWarnings(missing: readonly string[]): Notice[] {
  if (missing.length === 0) return [];
  return [{
    zh: `备份的数据库缺少现有书库所用的 ${
      shorten(missing, "、")
    }，书库可能因此出错；可以撤销恢复，或换回写出该备份的书库版本`,
    en: `The backup's database lacks what the library uses now: ${
      shorten(missing, ", ")
    }; the library may fail over it: undo the restore, or run the version of the library that wrote the backup`,
  }];
}

function shorten(names: readonly string[], comma: string): string {
  const shown = names.slice(0, NAMED).join(comma);
  return names.length > NAMED ? `${shown}${comma}… (${names.length})` : shown;
}
