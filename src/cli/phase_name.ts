import type { Notice } from "../base/messages/mod.ts";

/** Gives a job's phase its name for a person; a phase without one is shown as it is. */
export function phaseName(phase: string): Notice {
  const known = NAMES.get(phase);
  if (known !== undefined) return known;
  // A restore takes its snapshot as any backup is made; its phases carry whose they are.
  const inner = phase.startsWith(SNAPSHOT) ? NAMES.get(phase.slice(SNAPSHOT.length)) : undefined;
  if (inner === undefined) return { zh: phase, en: phase };
  return { zh: `快照: ${inner.zh}`, en: `Snapshot: ${inner.en}` };
}

const SNAPSHOT = "snapshot_";

const NAMES: ReadonlyMap<string, Notice> = new Map([
  ["starting", { zh: "准备", en: "Starting" }],
  ["list_files", { zh: "列出文件", en: "Listing files" }],
  ["copy_database", { zh: "复制数据库", en: "Copying the database" }],
  ["write_archive", { zh: "写入备份文件", en: "Writing the archive" }],
  ["verify", { zh: "读回验证", en: "Reading it back" }],
  ["check_database", { zh: "检查数据库", en: "Checking the database" }],
  ["publish", { zh: "发布", en: "Publishing" }],
  ["retention", { zh: "清理旧备份", en: "Tidying up" }],
  ["receive", { zh: "接收", en: "Receiving" }],
  ["prepare", { zh: "制定计划", en: "Planning" }],
  ["unpack", { zh: "解开", en: "Unpacking" }],
  ["unpack_covers", { zh: "解开封面", en: "Unpacking covers" }],
  ["snapshot", { zh: "创建快照", en: "Taking the snapshot" }],
  ["apply_database", { zh: "恢复数据库", en: "Restoring the database" }],
  ["apply_covers", { zh: "恢复封面", en: "Restoring covers" }],
  ["apply_extra", { zh: "恢复附加文件", en: "Restoring the extra files" }],
  ["apply_config", { zh: "恢复配置", en: "Restoring the configuration" }],
  ["clean_up", { zh: "收尾", en: "Cleaning up" }],
  ["roll_back", { zh: "回滚", en: "Rolling back" }],
]);
