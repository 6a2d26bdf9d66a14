#!/usr/bin/env bash
# Deno.cron is silent after the clock was set back, until the clock has caught up.
#
# Deno 2.9.6, Linux. A job for every minute runs; then the wall clock goes back by two hours, as after a dual boot whose other
# system keeps local time, or a first NTP answer. One would expect the job at the next full minute of the new time. It does not
# come: Deno.cron waits for the instant that it computed before, while setInterval in the same process goes on.
# Seen: "runs before the clock was set back: 1" or more, "runs in the 150 seconds after: 0", "timer beats in them: 150" or so.
#
# Needs npm and libfaketime (Debian: faketime). Takes four to five minutes of real time.
set -euo pipefail

library=$(find /usr/lib -name libfaketimeMT.so.1 2>/dev/null | head -n 1)
[ -n "$library" ] || { echo "libfaketime is not installed (Debian: faketime)"; exit 2; }
work=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT

npm install --silent --no-audit --no-fund --prefix "$work" deno@2.9.6 >/dev/null 2>&1
deno=$work/node_modules/deno/deno
[ -x "$deno" ] || deno=$work/node_modules/.bin/deno
"$deno" --version | grep -q '^deno 2\.9\.6 ' || { echo "expected Deno 2.9.6"; exit 2; }

cat >"$work/beat.ts" <<'CODE'
Deno.cron("every minute", "* * * * *", () => console.log("cron"));
setInterval(() => console.log("timer"), 1000);
CODE

echo "+0" >"$work/time"
LD_PRELOAD=$library FAKETIME_TIMESTAMP_FILE=$work/time FAKETIME_NO_CACHE=1 DONT_FAKE_MONOTONIC=1 \
  "$deno" run --quiet --no-lock --unstable-cron "$work/beat.ts" >"$work/out" 2>"$work/err" &
pid=$!

for _ in $(seq 130); do
  grep -q cron "$work/out" && break
  sleep 1
done
before=$(grep -c cron "$work/out" || true)
beats=$(grep -c timer "$work/out" || true)
echo "-2h" >"$work/time"
sleep 150
after=$(($(grep -c cron "$work/out" || true) - before))
beats=$(($(grep -c timer "$work/out" || true) - beats))

echo "Deno 2.9.6"
echo "runs before the clock was set back: $before"
echo "runs in the 150 seconds after: $after"
echo "timer beats in them: $beats"
[ "$before" -ge 1 ] && [ "$after" -eq 0 ] && [ "$beats" -ge 100 ]
