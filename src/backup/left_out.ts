import type { Notice } from "../base/messages/mod.ts";
import { nameSome } from "../base/messages/name_some.ts";
import { visibleText } from "../base/text.ts";
import type { FileList } from "./library_files.ts";
import type { ListedFiles } from "./list_files.ts";
import type { Sidecar } from "./sidecar.ts";
import type { LeftOut } from "./types.ts";

/** Words that say why something was left out where no code of the operating system does. */
export type LeftOutWord = "not_utf8" | "unsafe_name" | "same_name";

/** As many are kept in the metadata by name; the others are counted. */
const KEPT = 1000;

/**
 * Makes the fields that tell of an incomplete backup: none when nothing was left out.
 *
 * @param count How many there are, when the list holds only the first.
 */
export function incompleteFields(
  leftOut: readonly LeftOut[],
  count: number = leftOut.length,
): Pick<Sidecar, "incomplete" | "left_out" | "left_out_count"> {
  if (count === 0) return {};
  return { incomplete: true, left_out: leftOut.slice(0, KEPT), left_out_count: count };
}

/**
 * Names what was left out: one warning for each reason.
 *
 * @param count How many there are, when the list holds only the first.
 */
export function leftOutWarnings(
  leftOut: readonly LeftOut[],
  count: number = leftOut.length,
): Notice[] {
  const byReason = Map.groupBy(leftOut, ({ reason }) => reason);
  const warnings = [...byReason].map(([reason, items]) => warn(reason, items));
  const others = count - leftOut.length;
  if (others <= 0) return warnings;
  return [...warnings, {
    zh: `另有 ${others} 项未备份`,
    en: `${others} more were not backed up`,
  }];
}

/** Names what no backup holds: links, which are not followed, what has no content, and paths that lead nowhere. */
export function passedOverWarnings(lists: ListedFiles): Notice[] {
  const all = Object.values(lists) as FileList[];
  const symlinks = all.flatMap((list) => list.symlinks);
  const specials = all.flatMap((list) => list.specials);
  return [
    ...symlinks.length === 0 ? [] : [name(symlinks, {
      zh: "是符号链接，不会跟随",
      en: "a symbolic link is not followed",
    })],
    ...specials.length === 0 ? [] : [name(specials, {
      zh: "是管道、套接字或设备，没有内容",
      en: "a pipe, socket or device has no content",
    })],
    ...all.flatMap((list) => list.absent).map(nothingAt),
  ];
}

function nothingAt(path: string): Notice {
  const shown = visibleText(path);
  return {
    zh: `backup.extra_paths 中的 ${shown} 没有可备份的文件；请检查路径或目录挂载`,
    en: `Nothing to back up at ${shown} of backup.extra_paths; check the path, or the mount`,
  };
}

/** Names what the next backup would leave out: one warning for each reason. */
export function lackWarnings(leftOut: readonly LeftOut[]): Notice[] {
  const byReason = Map.groupBy(leftOut, ({ reason }) => reason);
  return [...byReason].map(([reason, items]) => warn(reason, items, NEXT));
}

/** How a sentence begins that names files. */
type Lead = (names: Notice) => Notice;

const THIS: Lead = ({ zh, en }) => ({ zh: `未备份 ${zh}`, en: `Not backed up: ${en}` });
const NEXT: Lead = ({ zh, en }) => ({
  zh: `下次备份将缺少 ${zh}`,
  en: `The next backup will lack ${en}`,
});

function warn(reason: string, items: readonly LeftOut[], lead = THIS): Notice {
  return name(
    items.map(({ path }) => path),
    REASONS.get(reason) ?? {
      zh: `无法读取 (${visibleText(reason)})`,
      en: `it cannot be read (${visibleText(reason)})`,
    },
    lead,
  );
}

function name(paths: readonly string[], why: Notice, lead = THIS): Notice {
  const { zh, en } = lead(nameSome(paths));
  return { zh: `${zh}: ${why.zh}`, en: `${en}: ${why.en}` };
}

const REASONS: ReadonlyMap<string, Notice> = new Map(Object.entries(
  {
    not_utf8: {
      zh:
        "文件名不是 UTF-8 编码（多半是 GBK），本服务打不开；请改名，例如 convmv -r -f gbk -t utf8",
      en:
        "its name is not UTF-8 (GBK, most likely) and cannot be opened; rename it, such as by convmv -r -f gbk -t utf8",
    },
    unsafe_name: {
      zh: "文件名含有压缩包无法安全保存的字符，或过长",
      en: "its name is too long or holds characters that no archive keeps safely",
    },
    same_name: {
      zh: "另有文件或文件夹仅大小写或 Unicode 形式与它不同",
      en: "another file or folder differs from it only by case or Unicode form",
    },
  } satisfies Record<LeftOutWord, Notice>,
));
