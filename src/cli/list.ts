import type { BackupDocument, BackupKind } from "../backup/types.ts";
import { strangerWarnings } from "../backup/own_library.ts";
import type { Notice } from "../base/messages/mod.ts";
import { humanBytes, visibleText } from "../base/text.ts";
import { EXIT } from "./exit_code.ts";
import { formatTable } from "./format_table.ts";
import { printWarnings } from "./print_warnings.ts";
import type { Terminal } from "./terminal.ts";
import { cutText } from "./text_width.ts";
import type { Verb } from "./verb.ts";

/** `list`: shows every backup, newest first, damaged ones too. */
export const listVerb: Verb = {
  name: "list",
  summary: { zh: "列出备份，最新的在前", en: "list the backups, newest first" },
  worksWithoutConfig: true,
  async run(context) {
    const { terminal } = context;
    await using app = await context.open();
    const backups = await app.manager.list();
    if (!context.json) {
      const { library: { database: { detail } } } = await app.manager.stats();
      if (detail !== null) printWarnings([detail], terminal);
    }
    const notShown = app.manager.notShown();
    context.answer({ backups, total: backups.length, not_shown: notShown }, () => {
      printWarnings(strangerWarnings(backups), terminal);
      for (const { file_name, detail } of notShown) {
        terminal.note(`${visibleText(file_name)}: ${terminal.say(detail)}`);
      }
      if (backups.length === 0) {
        terminal.print(terminal.say({ zh: "还没有备份", en: "There are no backups yet" }));
        return;
      }
      for (const line of backupTable(backups, terminal)) terminal.print(line);
    });
    return EXIT.done;
  },
};

function backupTable(backups: readonly BackupDocument[], terminal: Terminal): string[] {
  const title = (zh: string, en: string) => terminal.say({ zh, en });
  return formatTable(
    [
      { title: title("备份", "Backup") },
      { title: title("时间", "Created") },
      { title: title("大小", "Size"), align: "right" },
      { title: title("类型", "Kind") },
      { title: title("内容", "Contents") },
      { title: title("状态", "State") },
      { title: title("备注", "Description") },
    ],
    backups.map((backup) => [
      visibleText(backup.backup_id),
      visibleText(backup.created_at.slice(0, 19).replace("T", " ")),
      humanBytes(backup.file_size),
      terminal.say(KINDS[backup.kind]),
      backup.includes.join(","),
      stateOf(backup).map((word) => terminal.say(word)).join(","),
      describe(backup, terminal),
    ]),
  );
}

/** Only a screen is narrow: whatever else reads the table gets the whole text. */
function describe({ description }: BackupDocument, { isScreen }: Terminal): string {
  const text = visibleText(description);
  return isScreen ? cutText(text, DESCRIPTION_COLUMNS) : text;
}

function stateOf(backup: BackupDocument): Notice[] {
  const words: Notice[] = [];
  if (backup.state === "damaged") words.push({ zh: "损坏", en: "damaged" });
  else if (backup.verified_at !== null) words.push({ zh: "已验证", en: "verified" });
  else words.push({ zh: "未验证", en: "not verified" });
  if (backup.other_library) words.push({ zh: "其他书库", en: "another library's" });
  if (backup.future) words.push({ zh: "时间晚于现在", en: "dated after now" });
  if (backup.pinned) words.push({ zh: "固定", en: "pinned" });
  if (backup.incomplete) words.push({ zh: "不完整", en: "incomplete" });
  if (backup.shrunk) words.push({ zh: "数据骤减", en: "shrunk" });
  if (backup.in_use) words.push({ zh: "使用中", en: "in use" });
  return words;
}

const KINDS: Readonly<Record<BackupKind, Notice>> = {
  manual: { zh: "手动", en: "manual" },
  auto: { zh: "自动", en: "auto" },
  snapshot: { zh: "快照", en: "snapshot" },
  uploaded: { zh: "上传", en: "uploaded" },
};

const DESCRIPTION_COLUMNS = 48;
