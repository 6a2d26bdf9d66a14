import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { Tickets, type TicketUse } from "../../src/auth/tickets.ts";
import { isAppError } from "../../src/base/errors.ts";
import { FakeClock } from "../helpers/fake_clock.ts";

const USE: TicketUse = { backupId: "backup_1", etag: '"a"', method: "GET", isRange: false };

function setUp(etag: string | undefined = '"a"') {
  const clock = new FakeClock("2026-01-15T12:00:00Z");
  const tickets = new Tickets({ clock });
  const { ticket, expiresIn } = tickets.issue("backup_1", etag);
  const works = (change: Partial<TicketUse> = {}) => {
    try {
      tickets.redeem(ticket, { ...USE, ...change });
      return true;
    } catch (error) {
      assert(isAppError(error, "auth.invalid_ticket"));
      return false;
    }
  };
  return { clock, tickets, ticket, expiresIn, works };
}

Deno.test("Tickets.redeem() serves one whole download", () => {
  const { works, ticket, expiresIn } = setUp();

  assert.equal(expiresIn, 60);
  assert.equal(Buffer.from(ticket, "base64url").length, 16);
  assert.equal(works(), true);
  assert.equal(works(), false);
});

Deno.test("Tickets.redeem() is not spent by HEAD, nor by requests it refuses", () => {
  const { works } = setUp();

  assert.equal(works({ method: "HEAD" }), true);
  assert.equal(works({ backupId: "backup_2" }), false);
  assert.equal(works({ etag: '"b"' }), false);
  assert.equal(works({ method: "HEAD" }), true);
  assert.equal(works(), true);
  assert.equal(works({ method: "HEAD" }), true);
});

Deno.test("Tickets.redeem() must begin within a minute", () => {
  const { works, clock } = setUp();
  clock.advance(60_000);
  assert.equal(works({ method: "HEAD" }), true);

  clock.advance(1);

  assert.equal(works({ method: "HEAD" }), false);
  assert.equal(works(), false);
  assert.equal(works({ isRange: true }), false);
});

Deno.test("Tickets.redeem() serves ranges of the same file for an hour", () => {
  const { works, clock } = setUp();
  assert.equal(works({ isRange: true }), true);
  clock.advance(3_600_000);

  assert.equal(works({ isRange: true }), true);
  assert.equal(works({ isRange: true, etag: '"b"' }), false);
  assert.equal(works(), false);
  clock.advance(1);
  assert.equal(works({ isRange: true }), false);
});

Deno.test("Tickets.redeem() holds to the file it began with when none was named", () => {
  const clock = new FakeClock("2026-01-15T12:00:00Z");
  const tickets = new Tickets({ clock });
  const { ticket } = tickets.issue("backup_1");

  tickets.redeem(ticket, { ...USE, isRange: true });

  assert.throws(() => tickets.redeem(ticket, { ...USE, etag: '"b"', isRange: true }));
  assert.throws(() => tickets.redeem("made-up", USE));
});

Deno.test("Tickets.issue() keeps a bounded number of links", () => {
  const { tickets, works } = setUp();
  for (let i = 0; i < 999; i += 1) tickets.issue("backup_1");
  assert.equal(works({ method: "HEAD" }), true);

  tickets.issue("backup_1");

  assert.equal(works({ method: "HEAD" }), false);
});
