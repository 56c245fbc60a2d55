import assert from "node:assert/strict";
import { Fence, StaleTokenError } from "../../lock/mod.ts";
import { reportService, sendReport } from "./http_service.ts";
import { assertRefusesPausedLeader } from "./paused_leader.ts";
import { fenceInFile } from "./token_file.ts";
import { tempFolder } from "../support/temp_folder.ts";

/** The service on a port of its own. */
function serve(fence: Fence) {
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {}, onError: failed },
    reportService(fence),
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}/report`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function failed(): Response {
  return new Response("Internal Server Error", { status: 500 });
}

async function report(url: string): Promise<string> {
  return await (await fetch(url)).text();
}

Deno.test("an HTTP service refuses a leader that was paused", async () => {
  await using dir = await tempFolder();
  await using service = serve(fenceInFile(`${dir.path}/token`));
  await assertRefusesPausedLeader({
    raise: (token) => sendReport(service.url, token),
    write: async (token, text, pause) => {
      await pause();
      await sendReport(service.url, token, text);
    },
    read: () => report(service.url),
  });
});

Deno.test("an HTTP service that was restarted still refuses the paused leader", async () => {
  await using dir = await tempFolder();
  {
    await using service = serve(fenceInFile(`${dir.path}/token`));
    await sendReport(service.url, 34, "by the second leader");
  }
  await using restarted = serve(fenceInFile(`${dir.path}/token`));
  await assert.rejects(sendReport(restarted.url, 33, "too late"), { token: 33, highest: 34 });
  assert.equal(await report(restarted.url), "");
});

Deno.test("a leader that raises the fence of an HTTP service leaves the report as it is", async () => {
  await using service = serve(new Fence({ load: () => undefined, store: () => {} }));
  await sendReport(service.url, 33, "by the first leader");
  await sendReport(service.url, 34);
  assert.equal(await report(service.url), "by the first leader");
  await assert.rejects(sendReport(service.url, 33, "too late"), StaleTokenError);
});

Deno.test("an HTTP service accepts nothing without a token, or with one that is not a token", async () => {
  await using service = serve(new Fence({ load: () => undefined, store: () => {} }));
  for (const token of [undefined, "", "-1", "1.5", "1e3", "x", "9007199254740992", "1, 2"]) {
    const headers: HeadersInit = token === undefined ? {} : { "Fencing-Token": token };
    const response = await fetch(service.url, { method: "PUT", headers, body: "refused" });
    assert.equal(response.status, 400, `token ${token}`);
    await response.body?.cancel();
  }
  await sendReport(service.url, 0);
  assert.equal(await report(service.url), "");
});

Deno.test("an HTTP service whose disk is full writes nothing", async () => {
  const store = () => Promise.reject(new Error("no space left on device"));
  await using service = serve(new Fence({ load: () => 3, store }));
  await assert.rejects(sendReport(service.url, 4, "not stored"), /not accepted: 500/);
  assert.equal(await report(service.url), "");
});

Deno.test("a token in a file is read by the next process, and only ever rises", async () => {
  await using dir = await tempFolder();
  const path = `${dir.path}/token`;
  await fenceInFile(path).check(9);
  await fenceInFile(path).check(10);
  assert.equal(await Deno.readTextFile(path), "10\n");
  await assert.rejects(fenceInFile(path).check(9), StaleTokenError);
  assert.deepEqual([...Deno.readDirSync(dir.path)].map(({ name }) => name), ["token"]);
});

for (const content of ["", "\n", "3", "x", "null", "[]", '"34"']) {
  const readable = content === "3";
  const what = readable ? "is read without its newline" : "refuses every token";
  Deno.test(`a token file that holds ${JSON.stringify(content)} ${what}`, async () => {
    await using dir = await tempFolder();
    const path = `${dir.path}/token`;
    await Deno.writeTextFile(path, content);
    const check = fenceInFile(path).check(99);
    if (readable) await check;
    else await assert.rejects(check);
    assert.equal(await Deno.readTextFile(path), readable ? "99\n" : content);
  });
}
