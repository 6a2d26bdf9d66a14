import assert from "node:assert/strict";
import { AppError } from "../../src/base/errors.ts";
import { errorDocument } from "../../src/cli/error_document.ts";

Deno.test("errorDocument() gives a script the code of the cause too", () => {
  const reason = new AppError("database.missing", { path: "/srv/library.db" });

  const document = errorDocument(new AppError("backup.create_failed", { reason }), "en");

  assert.equal(document["code"], "backup.create_failed");
  assert.deepEqual(document["reason"], {
    code: "database.missing",
    detail: "Cannot find the database /srv/library.db; check database.url and the mounted folders",
  });
});

Deno.test("errorDocument() lists a configuration's mistakes once, in the reader's language", () => {
  const found = {
    path: "server.port",
    found: "99999",
    expected: { zh: "0 到 65535 的整数", en: "an integer from 0 to 65535" },
  };
  const sentence = "server.port: 99999, expected an integer from 0 to 65535";
  const error = new AppError("config.invalid", {
    mistakes: [found],
    summary: { zh: `${sentence}（应为 0 到 65535 的整数）`, en: sentence },
  });

  assert.deepEqual(errorDocument(error, "en"), {
    detail: `Cannot start: the configuration has mistakes:\n${sentence}`,
    code: "config.invalid",
    mistakes: [{ ...found, expected: "an integer from 0 to 65535" }],
  });
  assert.match(String(errorDocument(error, "zh")["detail"]), /（应为 0 到 65535 的整数）$/);
});
