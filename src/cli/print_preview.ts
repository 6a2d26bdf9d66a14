import type { FilesPreview, RestorePreview } from "../backup/types.ts";
import type { Notice } from "../base/messages/mod.ts";
import { humanBytes, visibleText } from "../base/text.ts";
import { formatTable } from "./format_table.ts";
import { printUpgrade } from "./print_upgrade.ts";
import { printWarnings } from "./print_warnings.ts";
import type { Terminal } from "./terminal.ts";

/** Prints what a restore would change. */
export function printPreview(preview: RestorePreview, terminal: Terminal): void {
  const print = (zh: string, en: string) => terminal.print(terminal.say({ zh, en }));
  // A damaged backup has no parts that a restore would take.
  const parts = preview.includes.length === 0 ? "" : ` (${preview.includes.join(", ")})`;
  print(
    `恢复 ${preview.backup_id}${parts} 会改变:`,
    `Restoring ${preview.backup_id}${parts} would change:`,
  );
  printTables(preview, terminal);
  const { covers, extra, schema, admins } = preview;
  if (covers !== null) printFiles({ zh: "封面", en: "Covers" }, covers, terminal);
  if (extra !== null) printFiles({ zh: "附加文件", en: "Extra files" }, extra, terminal);
  for (const { key, before, after, kept } of preview.config) {
    const [from, to] = [visibleText(before ?? "-"), visibleText(after ?? "-")];
    const name = visibleText(key);
    if (kept) print(`配置 ${name}: 保持 ${from}`, `Config ${name}: stays ${from}`);
    else print(`配置 ${name}: ${from} -> ${to}`, `Config ${name}: ${from} -> ${to}`);
  }
  if (schema !== null && schema.direction !== "same") {
    const [live, backup] = [visibleText(schema.live ?? "?"), visibleText(schema.backup ?? "?")];
    print(
      `数据库结构: 现有 ${live}，备份 ${backup} (${SCHEMA[schema.direction].zh})`,
      `Schema: live ${live}, backup ${backup} (${SCHEMA[schema.direction].en})`,
    );
  }
  if (schema !== null) printUpgrade(schema.upgrade, terminal);
  if (admins !== null) printAdmins(admins, terminal);
  for (const { volume, needed_bytes, reserve_bytes, free_bytes } of preview.space) {
    const work = humanBytes(needed_bytes - reserve_bytes);
    const [reserve, free] = [humanBytes(reserve_bytes), humanBytes(free_bytes)];
    print(
      `空间 ${visibleText(volume)}: 要写 ${work}，另外始终留空 ${reserve}；可用 ${free}`,
      `Space on ${
        visibleText(volume)
      }: ${work} to write, ${reserve} always stays free; ${free} are free now`,
    );
  }
  printWarnings(preview.warnings, terminal);
  for (const refusal of preview.refusals) {
    const reason = visibleText(terminal.say(refusal.detail));
    print(
      `拒绝: ${reason}${refusal.force ? "（可用 --force 越过）" : ""}`,
      `Refused: ${reason}${refusal.force ? " (--force lets it pass)" : ""}`,
    );
  }
}

function printTables({ tables }: RestorePreview, terminal: Terminal): void {
  const changed = tables.filter(({ before, after }) => before !== after);
  if (changed.length > 0) {
    const lines = formatTable(
      [
        { title: terminal.say({ zh: "表", en: "Table" }) },
        { title: terminal.say({ zh: "现有行数", en: "Rows now" }), align: "right" },
        { title: terminal.say({ zh: "恢复后", en: "After" }), align: "right" },
      ],
      changed.map(({ name, before, after }) => [
        visibleText(name),
        String(before ?? "-"),
        String(after ?? "-"),
      ]),
    );
    for (const line of lines) terminal.print(`  ${line}`);
  }
  const same = tables.length - changed.length;
  if (same > 0) {
    terminal.print(terminal.say({
      zh: `  ${same} 张表的行数不变`,
      en: `  ${same} tables keep their number of rows`,
    }));
  }
}

function printFiles(
  title: Notice,
  { added, removed, changed, unchanged }: FilesPreview,
  terminal: Terminal,
): void {
  terminal.print(terminal.say({
    zh: `${title.zh}: 新增 ${added}，删除 ${removed}，改变 ${changed}，不变 ${unchanged}`,
    en:
      `${title.en}: ${added} added, ${removed} removed, ${changed} changed, ${unchanged} unchanged`,
  }));
}

function printAdmins(admins: NonNullable<RestorePreview["admins"]>, terminal: Terminal): void {
  const rows = [
    [{ zh: "新增管理员", en: "Admins added" }, admins.added],
    [{ zh: "移除管理员", en: "Admins removed" }, admins.removed],
    [{ zh: "管理员密码改变", en: "Admin passwords changed" }, admins.password_changed],
  ] as const;
  for (const [title, names] of rows) {
    if (names.length === 0) continue;
    terminal.print(`${terminal.say(title)}: ${names.map(visibleText).join(", ")}`);
  }
}

const SCHEMA = {
  same: { zh: "相同", en: "same" },
  newer: { zh: "备份较新", en: "the backup is newer" },
  older: { zh: "备份较旧", en: "the backup is older" },
  unknown: { zh: "无法比较", en: "cannot be compared" },
} as const;
