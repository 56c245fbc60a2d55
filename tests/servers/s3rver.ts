import { NodeServer } from "./node_server.ts";
import { freePort, npmProgram, starts } from "./programs.ts";
import { S3Server } from "./real_server.ts";

/** A server that speaks S3 and ignores conditions. */
export class S3rver extends S3Server {
  readonly name = "s3rver";
  readonly credentials = { accessKeyId: "S3RVER", secretAccessKey: "S3RVER" };

  /** Starts it; `undefined` if it is not installed. */
  static async start(): Promise<S3rver | undefined> {
    const program = npmProgram("s3rver");
    if (!await starts(program, ["--version"])) return undefined;
    const port = String(freePort());
    const endpoint = `http://127.0.0.1:${port}`;
    const args = (folder: string) => ["-d", folder, "-a", "127.0.0.1", "-p", port, "--silent"];
    return new S3rver(endpoint, await NodeServer.start(program, endpoint, args));
  }
}
