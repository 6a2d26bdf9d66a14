import type { Language } from "../base/messages/mod.ts";
import { formatTable } from "./format_table.ts";
import { optionsOf } from "./parse_command.ts";
import type { Verb } from "./verb.ts";

/** Lists every verb, for `--help` without one. */
export function programHelp(verbs: readonly Verb[], language: Language): string {
  const rows = verbs.map((verb) => [`  ${verb.name}`, verb.summary[language]]);
  return language === "zh"
    ? [
      "书库备份 - 备份与恢复 SQLite 书库、封面与配置",
      "",
      "用法: shuku-backup <命令> [选项]",
      ...formatTable([{ title: "" }, { title: "" }], rows),
      "",
      "每个命令的说明: shuku-backup <命令> --help",
      EXIT_CODES[language],
    ].join("\n")
    : [
      "Shuku Backup - backs up and restores a SQLite library, its covers and its configuration",
      "",
      "Usage: shuku-backup <verb> [options]",
      ...formatTable([{ title: "" }, { title: "" }], rows),
      "",
      "About one verb: shuku-backup <verb> --help",
      EXIT_CODES[language],
    ].join("\n");
}

/** Explains one verb and its options. */
export function verbHelp(verb: Verb, language: Language): string {
  const argument = verb.ids === undefined
    ? ""
    : verb.ids.min === 0
    ? ` [${verb.ids.name}]`
    : ` <${verb.ids.name}>`;
  const rows = Object.entries(optionsOf(verb)).map(([name, option]) => [
    `  --${name}${option.type === "string" ? ` ${option.value ?? "VALUE"}` : ""}`,
    option.help[language],
  ]);
  return [
    verb.summary[language],
    "",
    language === "zh"
      ? `用法: shuku-backup ${verb.name}${argument} [选项]`
      : `Usage: shuku-backup ${verb.name}${argument} [options]`,
    ...formatTable([{ title: "" }, { title: "" }], rows),
  ].join("\n");
}

const EXIT_CODES: Readonly<Record<Language, string>> = {
  zh: "退出码: 0 完成，1 失败，2 用法或配置错误，3 另一个任务正在运行，130 被中断",
  en: "Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 another job is running, " +
    "130 interrupted",
};
