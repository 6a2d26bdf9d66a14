import fc from "fast-check";

/** Sections of other programs, as YAML that PyYAML loads. */
const FOREIGN = [
  "library:\n  owner_id: 1012345678901234567\n  since: 2026-01-05T10:00:00+08:00\n",
  "numbers: [1234567e8, 0o17, 017, 0x1F, 1_000, 12:30:45, .inf, -.inf, .nan, ~]\n",
  "blob: !!binary |\n  R0lGODlhDAAMAIQAAP==\n",
  "switches: {a: yes, b: no, c: on, d: off, e: Null}\n",
  "twice: 1\ntwice: 2\n",
  "base: &base\n  a: 1\nderived:\n  <<: *base\n  b: 2\n",
  "text: |\n  line one\n    indented\n\n  line two\nfolded: >-\n  a\n  b\n",
  "\"quoted key\": 'it''s'\n? complex\n: value\n",
  "# 只是注释\n\n\n",
  "empty:\nlist:\n- a\n-   b\n- {c: 1,\n   d: 2}\n",
  '路径: "/书库/小说"   # 中文注释\n',
  'long: "' + "x".repeat(300) + '"\n',
  "date: 2026-01-05\nset: !!set {a, b}\n",
  "trailing: value   \n",
];

/** Comments that stand by no key of the machine's own. */
export const FOREIGN_COMMENTS = ["# 只是注释", "# 中文注释", "# 配置", "# end"];

/** Where the machine's own keys stand, and how they are written. */
const OWN = [
  "security:\n  secret_key: KEY\n  algorithm: HS256\n",
  'security: {secret_key: "KEY", algorithm: HS256}   # 机器自己的\n',
  "security:\n    # the key\n    secret_key: 'KEY'   # keep\n",
];

const SERVER = [
  "",
  "server:\n  host: 127.0.0.1\n  port: 8080\n  workers: 4   # the library's\n",
  "server: {host: 127.0.0.1, port: 8080}\n",
  "logging:\n  level: INFO\n  file: ./logs/app.log\n",
  "timezone: Asia/Shanghai\n",
];

/** Draws a config file whose own keys are good and whose rest is anybody's. */
export const randomConfig: fc.Arbitrary<string> = fc.record({
  parts: fc.shuffledSubarray(FOREIGN, { maxLength: 5 }),
  own: fc.constantFrom(...OWN),
  server: fc.constantFrom(...SERVER),
  place: fc.nat(5),
  crlf: fc.boolean(),
  bom: fc.boolean(),
  start: fc.constantFrom("", "", "%YAML 1.1\n---\n", "---\n", "# 配置\n"),
  end: fc.constantFrom("", "", "...\n", "# end"),
}).map(({ parts, own, server, place, crlf, bom, start, end }) => {
  const pieces = [...parts];
  pieces.splice(place % (pieces.length + 1), 0, own, server);
  const text = start + pieces.join("") + end;
  return (bom ? "\ufeff" : "") + (crlf ? text.replaceAll("\n", "\r\n") : text);
});
