import fc from "fast-check";
import { run } from "../../helpers/run.ts";

/** One thing in the folder of covers. */
export interface RandomCover {
  /** Folders and name; `bytes:` before hex stands for a name that is not UTF-8. */
  readonly path: readonly string[];
  readonly kind: "file" | "link" | "fifo" | "folder";
  readonly size: number;
  readonly mode: number;
}

/** What people, NAS boxes, Windows and old programs call files. */
const NAMES = [
  ...["1.jpg", "封面.jpg", "红楼梦 第一卷.png", "a b.jpg", "📚.webp", "%41&#x.jpg", "'quote\".jpg"],
  ...[
    "a:b?.jpg",
    "CON.jpg",
    "aux",
    "dot.",
    "blank ",
    " blank",
    ".hidden.jpg",
    "..jpg",
    "...",
    "-rf",
  ],
  ...["back\\slash.jpg", "tab\t.jpg", "line\nbreak.jpg", "\u007f.jpg", "\u202egpj.exe", "\u0001"],
  ...[
    "ABC.jpg",
    "abc.jpg",
    "meſſe.jpg",
    "messe.jpg",
    "straße",
    "STRASSE",
    "İ.jpg",
    "i̇.jpg",
    "ﬁ.jpg",
  ],
  ...["é.jpg".normalize("NFC"), "é.jpg".normalize("NFD"), "가.jpg".normalize("NFD"), "가.jpg"],
  ...["@eaDir", "lost+found", "#recycle", "$RECYCLE.BIN", "System Volume Information", "Thumbs.db"],
  ...[".DS_Store", "__MACOSX", ".restore-1234", ".shuku-x.tmp", "metadata.json", "library.db-wal"],
  ...[
    `${"长".repeat(83)}.jpg`,
    "x".repeat(255),
    "bytes:b7e2c3e62e6a7067",
    "bytes:ff",
    "\ufffd.jpg",
  ],
  ...["\u00a0.jpg", "\u200b.jpg", "\ufeff.jpg", "~$cover.jpg", "cover.jpg~", "cover.jpg.part"],
];

/** Draws covers: few or some, flat or deep. */
export const randomCovers: fc.Arbitrary<RandomCover[]> = fc.array(
  fc.record({
    path: fc.array(fc.oneof(fc.constantFrom(...NAMES), fc.nat(30).map((n) => `${n}.jpg`)), {
      minLength: 1,
      maxLength: 3,
    }),
    kind: fc.oneof(
      { weight: 12, arbitrary: fc.constant("file" as const) },
      {
        weight: 1,
        arbitrary: fc.constantFrom("link" as const, "fifo" as const, "folder" as const),
      },
    ),
    size: fc.oneof(fc.nat(300), fc.constantFrom(0, 1, 65_536, 300_000)),
    mode: fc.constantFrom(0o644, 0o600, 0o444, 0o755, 0o664, 0o000),
  }),
  { maxLength: 12 },
);

/** Makes what was drawn; what stands in another's way is left out, as no disk could hold both. */
export async function makeCovers(folder: string, covers: readonly RandomCover[]): Promise<void> {
  const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
  const word = (segment: string) =>
    segment.startsWith("bytes:")
      ? `$'${segment.slice(6).replaceAll(/../g, "\\x$&")}'`
      : quoted(segment);
  const lines = covers.map(({ path, kind, size, mode }, index) => {
    const whole = path.map(word).join("/");
    const above = path.slice(0, -1).map(word).join("/") || ".";
    const make = {
      folder: `mkdir ${whole}`,
      fifo: `mkfifo ${whole}`,
      link: `ln -s ${quoted(index % 2 === 0 ? "1.jpg" : "/nowhere/none")} ${whole}`,
      file: `{ [ ! -e ${whole} ] && yes ${quoted(`${index}`)} | head -c ${size} > ${whole}; ` +
        `[ -f ${whole} ] && chmod ${mode.toString(8)} ${whole}; }`,
    }[kind];
    return `mkdir -p -- ${above} 2>/dev/null && ${make} 2>/dev/null`;
  });
  // A name that begins with a dash is no option after ./
  const script = lines.join("\n").replaceAll(/(^|\s)'-/gm, "$1./'-");
  await run("bash", ["-c", `export LC_ALL=C; cd ${quoted(folder)} || exit 1\n${script}\nexit 0`]);
}

/** Every plain file below a folder, by its path in hex, with its content's hash and its mode. Links are not followed. */
export async function readTree(folder: string): Promise<Map<string, string>> {
  const hashes = await readRows(folder, "-exec sha256sum -z -- {} +");
  // 64 digits, two blanks, "./".
  const tree = new Map(
    hashes.map((row) => [row.subarray(68).toHex(), textOf(row.subarray(0, 64))]),
  );
  for (const row of await readRows(folder, "-printf '%m %p\\0'")) {
    const blank = row.indexOf(32);
    const path = row.subarray(blank + 3).toHex();
    tree.set(path, `${tree.get(path)} ${textOf(row.subarray(0, blank))}`);
  }
  return tree;
}

/** What find(1) prints of every plain file, one row each. */
async function readRows(folder: string, action: string): Promise<Uint8Array[]> {
  const { stdout } = await new Deno.Command("bash", {
    args: ["-c", `cd "$1" && find . -type f ${action}`, "bash", folder],
    stdin: "null",
    stderr: "inherit",
  }).output();
  const rows: Uint8Array[] = [];
  for (let begin = 0; begin < stdout.length;) {
    const end = stdout.indexOf(0, begin);
    rows.push(stdout.subarray(begin, end));
    begin = end + 1;
  }
  return rows;
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** The ways in which a warning may write a path. */
export function spellings(hex: string): string[] {
  const bytes = Uint8Array.fromHex(hex);
  const text = new TextDecoder().decode(bytes);
  const escaped = [...bytes].map((byte) =>
    byte < 0x20 || byte >= 0x7f
      ? `\\x${byte.toString(16).padStart(2, "0")}`
      : String.fromCharCode(byte)
  ).join("");
  return [text, escaped, JSON.stringify(text).slice(1, -1)];
}

/** A path and the folders above it, outermost last: a warning that names a folder names all that is in it. */
export function withFolders(hex: string): string[] {
  const paths = [hex];
  for (let cut = hex.lastIndexOf("2f"); cut > 0; cut = hex.lastIndexOf("2f", cut - 2)) {
    if (cut % 2 === 0) paths.push(hex.slice(0, cut));
  }
  return paths;
}
