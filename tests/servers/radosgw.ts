import { freePort, starts } from "./programs.ts";
import { S3Server } from "./real_server.ts";

const SCRIPT = new URL("radosgw_up.sh", import.meta.url).pathname;
const PROGRAMS = ["radosgw", "ceph-mon", "ceph-osd", "ceph"];

/** Ceph's object gateway, with a monitor and a store in memory: Debian's packages, as root. */
export class Radosgw extends S3Server {
  readonly name = "radosgw";
  readonly credentials = { accessKeyId: "AK", secretAccessKey: "SK" };

  /** Starts it; `undefined` if it is not installed, or this is not root. */
  static async start(): Promise<Radosgw | undefined> {
    const found = await Promise.all(PROGRAMS.map((program) => starts(program, ["--version"])));
    if (!found.every(Boolean) || Deno.uid() !== 0) return undefined;
    const folder = await Deno.makeTempDir({ prefix: "radosgw-" });
    const port = freePort();
    // The store listens on ports after the monitor's.
    const monitor = 20_000 + Math.floor(Math.random() * 100) * 100;
    const server = new Radosgw(`http://127.0.0.1:${port}`, {
      async [Symbol.asyncDispose]() {
        for (const name of ["client.rgw", "osd.0", "mon.a"]) await end(`${folder}/${name}.pid`);
        await Deno.remove(folder, { recursive: true });
      },
    });
    const { success, stderr } = await new Deno.Command("bash", {
      args: [SCRIPT, folder, String(monitor), String(port)],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).output();
    if (success) return server;
    await server[Symbol.asyncDispose]();
    throw new Error(`radosgw does not start: ${new TextDecoder().decode(stderr).slice(-2_000)}`);
  }

  /** Switches versioning on, which makes this server's conditions void. */
  async setVersioning(bucket: string): Promise<void> {
    await this.send(
      "PUT",
      `/${bucket}?versioning=`,
      "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
    );
  }
}

/** Ends a process by the file that holds its id, and waits until it is gone. */
async function end(pidFile: string): Promise<void> {
  const pid = Number(await Deno.readTextFile(pidFile).catch(() => ""));
  if (!(pid > 0)) return;
  for (let wait = 0; wait < 100; wait++) {
    try {
      Deno.kill(pid, wait < 50 ? "SIGTERM" : "SIGKILL");
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
