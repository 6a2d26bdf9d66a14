/**
 * What a YAML scalar means to the library, which reads the same file with PyYAML's safe loader: YAML 1.1 as PyYAML has it,
 * so `yes` is true, `0600` is octal, `1e3` and `0o17` are text.
 *
 * @see https://github.com/yaml/pyyaml/blob/main/lib/yaml/resolver.py
 * @see https://yaml.org/type/
 */

/** The prefix of the tags that YAML itself defines; they are named without it here: `int`. */
export const YAML_TAG = "tag:yaml.org,2002:";

const PLAIN: readonly (readonly [tag: string, pattern: RegExp])[] = [
  ["bool", /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/],
  [
    "float",
    /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/,
  ],
  [
    "int",
    /^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/,
  ],
  ["merge", /^<<$/],
  ["null", /^(?:~|null|Null|NULL|)$/],
  [
    "timestamp",
    /^(?:\d{4}-\d\d-\d\d|\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?)$/,
  ],
];

/** The tag of a scalar without quotes and without a tag of its own. */
export function plainTag(text: string): string {
  return PLAIN.find(([, pattern]) => pattern.test(text))?.[0] ?? "str";
}

/** A scalar that has no counterpart in JSON: a date, bytes, a number too large, a tag of another program. */
export class OtherScalar {
  /** @param tag As {@linkcode plainTag} names it, or whole. */
  constructor(readonly tag: string, readonly text: string) {}

  /** What a message shows of it. */
  toJSON(): string {
    return /^[a-z]+$/.test(this.tag) ? this.text : `${this.tag} ${this.text}`;
  }
}

/** The value of a scalar; text that its tag does not fit is an {@linkcode OtherScalar}. */
export function scalarValue(tag: string, text: string): unknown {
  const read = CONSTRUCTORS[tag];
  return (read === undefined ? undefined : read(text)) ??
    (tag === "null" ? null : new OtherScalar(tag, text));
}

/** `undefined` where the text does not fit. */
const CONSTRUCTORS: Readonly<Record<string, (text: string) => unknown>> = {
  str: (text) => text,
  merge: (text) => text,
  bool: (text) =>
    /^(?:yes|true|on)$/i.test(text) ? true : /^(?:no|false|off)$/i.test(text) ? false : undefined,
  int: (text) => {
    const value = integerOf(text);
    return Number.isSafeInteger(value) ? value : undefined;
  },
  float: floatOf,
};

function integerOf(text: string): number {
  const { sign, digits } = signed(text);
  if (digits.startsWith("0b")) return sign * whole(digits.slice(2), 2);
  if (digits.startsWith("0x")) return sign * whole(digits.slice(2), 16);
  if (digits.includes(":")) return sign * sexagesimal(digits);
  return sign * whole(digits, digits.startsWith("0") && digits !== "0" ? 8 : 10);
}

function floatOf(text: string): number | undefined {
  const { sign, digits } = signed(text.toLowerCase());
  if (digits === ".inf") return sign * Infinity;
  if (digits === ".nan") return NaN;
  const value = digits.includes(":") ? sexagesimal(digits) : digits === "" ? NaN : Number(digits);
  return Number.isNaN(value) ? undefined : sign * value;
}

function signed(text: string): { sign: 1 | -1; digits: string } {
  const plain = text.replaceAll("_", "");
  return { sign: plain.startsWith("-") ? -1 : 1, digits: plain.replace(/^[-+]/, "") };
}

function whole(digits: string, base: number): number {
  const allowed = { 2: /^[01]+$/, 8: /^[0-7]+$/, 10: /^[0-9]+$/, 16: /^[0-9a-f]+$/i }[base];
  return allowed?.test(digits) ? parseInt(digits, base) : NaN;
}

/** `1:30` is ninety: each part counts sixty times the next. */
function sexagesimal(digits: string): number {
  return digits.split(":").reduce((sum, part) => sum * 60 + (part === "" ? NaN : Number(part)), 0);
}
