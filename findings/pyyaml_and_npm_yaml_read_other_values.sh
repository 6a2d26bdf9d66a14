#!/usr/bin/env bash
# One configuration file, two values: npm's yaml in its YAML 1.1 mode is not what PyYAML reads.
#
# yaml 2.9.1 (npm) with {version: "1.1"} beside PyYAML 6.0 (Debian 12: python3-yaml 6.0-3). A program in Python and one in
# TypeScript that share a file would be expected to agree when both say YAML 1.1. They do not, on plain scalars that people write:
#   y, n           PyYAML: the texts "y" and "n";            yaml: true and false
#   1e3            PyYAML: the text "1e3" (it wants a dot);  yaml: the number 1000
#   1234567e8      PyYAML: text;                             yaml: the number 123456700000000
#   08             PyYAML: the text "08" (no octal digit);   yaml: the number 8
# What both read alike, in the same file: yes, 017, 1_000, 12:30:45 (sexagesimal), 1.5e+3.
# A token such as 1234567e8 is a user's password or an identifier as often as a number.
set -euo pipefail

version=$(python3 -c 'import yaml; print(yaml.__version__)' 2>/dev/null) || {
  echo "PyYAML is not installed (Debian: python3-yaml)"
  exit 2
}
case $version in 6.0 | 6.0.*) ;; *) echo "expected PyYAML 6.0, found $version"; exit 2 ;; esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --prefix "$work" yaml@2.9.1 >/dev/null 2>&1

cat >"$work/config.yaml" <<'YAML'
short_yes: y
short_no: n
exponent: 1e3
token: 1234567e8
code: 08
long_yes: yes
octal: 017
grouped: 1_000
clock: 12:30:45
signed: 1.5e+3
YAML

python3 - "$work/config.yaml" >"$work/python" <<'CODE'
import json, sys, yaml
for key, value in yaml.safe_load(open(sys.argv[1])).items():
    print(key, json.dumps(int(value) if isinstance(value, float) else value))
CODE
cat >"$work/read.mjs" <<'CODE'
import { readFileSync } from "node:fs";
import { parse } from "yaml";
const values = parse(readFileSync(process.argv[2], "utf8"), { version: "1.1" });
for (const [key, value] of Object.entries(values)) console.log(key, JSON.stringify(value));
CODE
node "$work/read.mjs" "$work/config.yaml" >"$work/npm"

echo "PyYAML $version | yaml 2.9.1"
paste -d '|' "$work/python" "$work/npm" | tee "$work/both"
diff - "$work/both" <<'SEEN'
short_yes "y"|short_yes true
short_no "n"|short_no false
exponent "1e3"|exponent 1000
token "1234567e8"|token 123456700000000
code "08"|code 8
long_yes true|long_yes true
octal 15|octal 15
grouped 1000|grouped 1000
clock 45045|clock 45045
signed 1500|signed 1500
SEEN
