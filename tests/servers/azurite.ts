import { NodeServer } from "./node_server.ts";
import { freePort, npmProgram, starts } from "./programs.ts";
import { AzureServer } from "./real_server.ts";

/** Microsoft's emulator of Azure Blob Storage, with its published account. */
export class Azurite extends AzureServer {
  readonly name = "Azurite";
  readonly account = "devstoreaccount1";
  readonly credentials = {
    accountKey:
      "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
  };

  /** Starts it; `undefined` if it is not installed. */
  static async start(): Promise<Azurite | undefined> {
    const program = npmProgram("azurite-blob");
    if (!await starts(program, ["--version"])) return undefined;
    const port = String(freePort());
    const url = `http://127.0.0.1:${port}`;
    const server = await NodeServer.start(program, url, () => [
      "--blobHost",
      "127.0.0.1",
      "--blobPort",
      port,
      "--inMemoryPersistence",
      "--silent",
      "--skipApiVersionCheck",
    ]);
    return new Azurite(`${url}/devstoreaccount1`, server);
  }
}
