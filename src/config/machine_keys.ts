import { isAlias, isPair } from "yaml";
import { AppError, isAppError } from "../base/errors.ts";
import { type ConfigDifference, differingKeys, leavesOf, showConfigValue } from "./diff_config.ts";
import { ConfigEditor, NotEditable, type Setting } from "./edit_config_text.ts";
import { parseConfig, type ParsedConfig } from "./read.ts";
import { type YamlEntry, type YamlMap, type YamlValue } from "./yaml_tree.ts";

/**
 * Keys that describe the machine rather than the library: addresses, paths, secrets, where backups go and how many are
 * kept. A restored config keeps this machine's. A star stands for the rest of a name.
 */
export const MACHINE_KEYS: readonly string[] = [
  "server",
  "database",
  "directories",
  "security",
  "timezone",
  "logging.file",
  "targets",
  "alerts",
  "backup.backup_path",
  "backup.state_file",
  "backup.encryption*",
  "backup.retention*",
];

/** A restored configuration, adapted. */
export interface MergedConfig {
  /** What to write. */
  readonly text: string;
  /** Key paths at which the backup had another value and this machine's stayed. */
  readonly keptKeys: readonly string[];
  /** Every difference between the live file (`before`) and the backup (`after`); secrets masked. */
  readonly changed: readonly (ConfigDifference & {
    /** `true`: the live value stays, whatever the backup says. */
    readonly kept: boolean;
  })[];
}

/**
 * Takes the backup's configuration but for the keys that stay this machine's.
 *
 * Only the places of values that differ are written to; all else of the backup's text stays byte for byte. Where values
 * are shared by an anchor in a way that this cannot be, it is refused.
 *
 * @throws {AppError} `config.unreadable` when either does not parse; `config.not_separable`.
 */
export function mergeMachineKeys(backupText: string, liveText: string): MergedConfig {
  const backup = parseConfig(backupText, "config.yaml");
  const live = parseConfig(liveText, "config.yaml");
  const [after, before] = [leavesOf(backup.root), leavesOf(live.root)];
  const keys = differingKeys(before, after);
  const keptKeys = keys.filter(isMachineKey);
  return {
    text: keptKeys.length === 0 ? backupText : withMachineKeys(backup, live, keptKeys),
    keptKeys,
    changed: keys.map((key) => ({
      key,
      before: showConfigValue(key, before.get(key)),
      after: showConfigValue(key, after.get(key)),
      kept: isMachineKey(key),
    })),
  };
}

/** How freely the text is changed, from the least on: what the first cannot do, the next may. */
const WAYS = [
  { sectionsWhole: false, leavesMark: false },
  // What follows a removed line must not become part of a block of text before it.
  { sectionsWhole: false, leavesMark: true },
  { sectionsWhole: true, leavesMark: true },
] as const;

function withMachineKeys(
  backup: ParsedConfig,
  live: ParsedConfig,
  keys: readonly string[],
): string {
  for (const way of WAYS) {
    const text = tryWay(backup, live, way);
    if (text !== null) return text;
  }
  throw new AppError("config.not_separable", { keys });
}

/** The text, when it says what it should: the live values of this machine's keys, the backup's of all others. */
function tryWay(
  backup: ParsedConfig,
  live: ParsedConfig,
  { sectionsWhole, leavesMark }: typeof WAYS[number],
): string | null {
  try {
    const editor = new ConfigEditor(backup, { leavesMark });
    new Separation(editor, sectionsWhole).section(backup.root, live.root, machineRule);
    const text = editor.finish();
    const found = leavesOf(parseConfig(text, "config.yaml").root);
    const wanted = new Map([
      ...[...leavesOf(backup.root)].filter(([key]) => !isMachineKey(key)),
      ...[...leavesOf(live.root)].filter(([key]) => isMachineKey(key)),
    ]);
    return differingKeys(found, wanted).length === 0 ? text : null;
  } catch (error) {
    const isExpected = error instanceof NotEditable || isAppError(error, "config.unreadable");
    if (!isExpected) throw error;
    return null;
  }
}

/** Which names of a mapping are this machine's: all of what they hold, or some of it. */
type Rule = (name: string) => "whole" | Rule | null;

/** Walks the two configurations side by side and has every value of this machine written into the backup's. */
class Separation {
  readonly #editor: ConfigEditor;
  readonly #sectionsWhole: boolean;

  constructor(editor: ConfigEditor, sectionsWhole: boolean) {
    this.#editor = editor;
    this.#sectionsWhole = sectionsWhole;
  }

  /** A mapping of which some names are this machine's. */
  section(backup: YamlMap, live: YamlMap, rule: Rule): void {
    const added: Setting[] = [];
    for (const name of namesOf(backup, live)) {
      const inside = rule(name);
      if (inside === "whole") this.#setting(backup, live, name, added);
      else if (inside !== null) this.#shared(backup, live, name, inside, added);
    }
    if (added.length > 0) this.#editor.insert(backup, added);
  }

  #setting(backup: YamlMap, live: YamlMap, name: string, added: Setting[]): void {
    const [old, wanted] = [backup.entries.get(name), live.entries.get(name)];
    if (isSame(old?.value, wanted?.value)) return;
    if (wanted === undefined || isNothing(wanted.value)) {
      if (old === undefined || old.isMerged) throw new NotEditable();
      this.#editor.remove(backup, old);
    } else if (old === undefined || old.pairs.length === 0) added.push(wanted);
    else if (this.#canGoInside(old, wanted)) {
      this.section(old.value as YamlMap, wanted.value as YamlMap, () => "whole");
    } else this.#editor.replace(backup, old, wanted.value);
  }

  /** Something of the old mapping stays, and it is written here and not elsewhere. */
  #canGoInside(old: YamlEntry, wanted: YamlEntry): boolean {
    const [mine, theirs] = [wanted.value, old.value];
    return !this.#sectionsWhole && mine.kind === "map" && theirs.kind === "map" &&
      mine.tag === theirs.tag && isWrittenHere(old) &&
      [...mine.entries].some(([name, { value }]) =>
        !isNothing(value) && (theirs.entries.get(name)?.pairs.length ?? 0) > 0
      );
  }

  /** A section in which the library's own keys stand beside this machine's. */
  #shared(backup: YamlMap, live: YamlMap, name: string, rule: Rule, added: Setting[]): void {
    const [old, mine] = [backup.entries.get(name), live.entries.get(name)];
    const ours = machinePart(mine?.value, rule);
    if (isSame(machinePart(old?.value, rule), ours)) return;
    if (old === undefined) {
      if (mine !== undefined) added.push({ key: mine.key, value: ours });
    } else if (isEmpty(old.value)) this.#editor.replace(backup, old, ours);
    else if (old.value.kind !== "map" || old.pairs.length === 0) throw new NotEditable();
    else if (isAlias(valueNode(old))) this.#editor.mergeOver(backup, old, ours);
    else if (isNothing(ours) && [...old.value.entries.keys()].every(rule)) {
      // Without the last of two, the one before it would count.
      if (old.pairs.length > 1) this.#editor.replace(backup, old, ours);
      else this.#editor.remove(backup, old);
    } else this.section(old.value, ours, rule);
  }
}

/** The value stands behind its key, not behind an alias. */
function isWrittenHere(entry: YamlEntry): boolean {
  return entry.value.kind === "map" && entry.value.node === valueNode(entry);
}

function valueNode({ pairs }: YamlEntry): unknown {
  const pair = pairs.at(-1);
  return isPair(pair) ? pair.value : null;
}

function namesOf(one: YamlMap, other: YamlMap): readonly string[] {
  return [...new Set([...one.entries.keys(), ...other.entries.keys()])];
}

function isSame(one: YamlValue | undefined, other: YamlValue | undefined): boolean {
  return differingKeys(leavesOf(one), leavesOf(other)).length === 0;
}

function isNothing(value: YamlValue): boolean {
  return leavesOf(value).size === 0;
}

function isEmpty(value: YamlValue): boolean {
  return isNothing(value) && (value.kind !== "map" || value.entries.size === 0);
}

/** What of a section is this machine's. */
function machinePart(section: YamlValue | undefined, rule: Rule): YamlMap {
  const entries = new Map<string, YamlEntry>();
  for (const [name, entry] of section?.kind === "map" ? section.entries : []) {
    if (rule(name) === "whole" && !isNothing(entry.value)) entries.set(name, entry);
  }
  return { kind: "map", tag: "map", entries, node: null };
}

function isMachineKey(key: string): boolean {
  const [section = "", name] = key.split(".");
  const rule = machineRule(section);
  return typeof rule === "function" ? name !== undefined && rule(name) === "whole" : rule !== null;
}

/** {@linkcode MACHINE_KEYS} as a question. */
function machineRule(section: string): "whole" | Rule | null {
  if (MACHINE_KEYS.includes(section)) return "whole";
  const inside = MACHINE_KEYS.filter((key) => key.startsWith(`${section}.`))
    .map((key) => key.slice(section.length + 1));
  if (inside.length === 0) return null;
  return (name) => inside.some((pattern) => fits(name, pattern)) ? "whole" : null;
}

function fits(name: string, pattern: string): boolean {
  return pattern.endsWith("*")
    ? name.startsWith(pattern.slice(0, -1)) && /^\w+$/.test(name)
    : name === pattern;
}
