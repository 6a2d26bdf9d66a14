import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { PieceSender, type SentPieces } from "../../src/restore/piece_sender.ts";
import { prose } from "../archive/support/scratch.ts";

Deno.test("PieceSender.send() waits for a receiver that is slower", async () => {
  const { port1, port2 } = new MessageChannel();
  const received: SentPieces[] = [];
  port2.onmessage = ({ data }) => void received.push(data);
  using sender = new PieceSender(port1);
  let sent = 0;
  const sending = (async () => {
    for (; sent < 40; sent++) await sender.send(prose(512 * 1024, sent));
    await sender.end();
  })();

  // Until nothing moves any more: the sender holds back, however long nobody answers.
  for (let before = -1; before !== received.length;) {
    before = received.length;
    for (let turn = 0; turn < 20; turn++) await setImmediate();
  }
  const heldBack = sent;
  let answered = 0;
  const answer = () => {
    for (; answered < received.length; answered++) port2.postMessage(null);
  };
  port2.onmessage = ({ data }) => {
    received.push(data);
    answer();
  };
  answer();
  await sending;
  port2.close();

  assert.ok(heldBack > 0 && heldBack < 12, `${heldBack} pieces of half a MiB without an answer`);
  const pieces = received.flatMap((message) => "pieces" in message ? message.pieces : []);
  assert.deepEqual(
    sha256(Buffer.concat(pieces)),
    sha256(Buffer.concat(Array.from({ length: 40 }, (_, index) => prose(512 * 1024, index)))),
  );
  assert.deepEqual(received.at(-1), { endedAt: 40 * 512 * 1024 });
});

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
