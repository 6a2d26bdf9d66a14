import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { openHouse, signIn, uiTest } from "./house.ts";

const LIMIT_BYTES = 100_000;

uiTest("the first load, charts included, weighs under 100 kB compressed", async () => {
  await using house = await openHouse();
  const { page, url } = house;
  const bodies: Promise<Uint8Array>[] = [];
  page.on("response", (response) => {
    if (new URL(response.url()).pathname.startsWith("/api/")) return;
    const body = response.body();
    // One that is still under way when the page closes is nobody's failure.
    body.catch(() => {});
    bodies.push(body);
  });

  await signIn(page, url);
  await page.getByRole("heading", { level: 1 }).waitFor();
  const chart = await fetch(`${url}ui/vendor/uplot.js`);
  bodies.push(chart.bytes());

  const sizes = (await Promise.all(bodies)).map((body) => gzipSync(body).length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  assert.ok(total < LIMIT_BYTES, `${total} bytes in ${sizes.length} files`);
});
