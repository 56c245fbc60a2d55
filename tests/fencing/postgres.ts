/** A PostgreSQL server of Debian's packages, for as long as a test runs. */

/** Where Debian keeps the programs, which are not on the PATH there; newer ones first. */
async function debianFolders(): Promise<string[]> {
  const versions: string[] = [];
  try {
    for await (const { name } of Deno.readDir("/usr/lib/postgresql")) versions.push(name);
  } catch {
    return [];
  }
  return versions.sort((a, b) => Number(b) - Number(a)).map((v) => `/usr/lib/postgresql/${v}/bin/`);
}

/** The folder of `initdb` and `postgres`, with a slash at its end; `undefined` if it cannot be found. */
export async function findPostgres(): Promise<string | undefined> {
  for (const folder of ["", ...await debianFolders()]) {
    const works = await Promise.all([`${folder}postgres`, `${folder}initdb`, "psql"].map(answers));
    if (works.every(Boolean)) return folder;
  }
  return undefined;
}

async function answers(program: string): Promise<boolean> {
  try {
    return (await run(program, ["--version"])).code === 0;
  } catch {
    return false;
  }
}

/** Who runs the server: it refuses to run as root. */
async function serverUser(): Promise<{ uid?: number; gid?: number }> {
  if ((await run("id", ["-u"])).stdout.trim() !== "0") return {};
  const ids = await Promise.all(["-u", "-g"].map((flag) => run("id", [flag, "nobody"])));
  const [uid, gid] = ids.map(({ stdout }) => Number(stdout));
  return { uid: uid ?? 65534, gid: gid ?? 65534 };
}

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(
  program: string,
  args: string[],
  options: Deno.CommandOptions = {},
): Promise<Result> {
  return textsOf(await new Deno.Command(program, { args, ...options }).output());
}

function textsOf({ code, stdout, stderr }: Deno.CommandOutput): Result {
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: decode(stdout), stderr: decode(stderr) };
}

/** How often, and how many times, the server is asked whether it is up: 60 s in all. */
const POLL = 100;
const POLLS = 600;

/** A server on a socket in a folder of its own, without TCP. */
export class PostgresServer implements AsyncDisposable {
  readonly #folder: string;
  readonly #process: Deno.ChildProcess;

  private constructor(folder: string, process: Deno.ChildProcess) {
    this.#folder = folder;
    this.#process = process;
  }

  /** Makes a cluster in a temporary folder, starts the server and waits until it answers. */
  static async start(programs: string): Promise<PostgresServer> {
    const user = await serverUser();
    // Short: the path of a socket has at most 107 bytes.
    const folder = await Deno.makeTempDir({ dir: "/tmp", prefix: "fence-" });
    try {
      if (user.uid !== undefined) await Deno.chown(folder, user.uid, user.gid ?? null);
      const data = `${folder}/data`;
      const init = ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "-N"];
      const made = await run(`${programs}initdb`, init, { ...user, cwd: folder });
      if (made.code !== 0) throw new Error(`initdb failed: ${made.stderr}`);
      const args = ["-D", data, "-k", folder, "-c", "listen_addresses=", "-F"];
      const process = new Deno.Command(`${programs}postgres`, {
        args,
        ...user,
        cwd: folder,
        stdout: "null",
        stderr: "null",
      }).spawn();
      const server = new PostgresServer(folder, process);
      await server.#answer();
      return server;
    } catch (error) {
      await Deno.remove(folder, { recursive: true });
      throw error;
    }
  }

  async #answer(): Promise<void> {
    let last = "";
    for (let poll = 0; poll < POLLS; poll++) {
      const { code, stderr } = await this.psql("select 1");
      if (code === 0) return;
      last = stderr;
      await new Promise((resolve) => setTimeout(resolve, POLL));
    }
    this.#process.kill("SIGQUIT");
    await this.#process.status;
    throw new Error(`postgres did not answer: ${last}`);
  }

  /** Runs a script by `psql`, as the page says, and returns how it ended. Variables are strings. */
  async psql(script: string, variables: Record<string, string> = {}): Promise<Result> {
    const process = new Deno.Command("psql", {
      args: [...this.#arguments(variables), "-v", "ON_ERROR_STOP=1", "-f", "-"],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const writer = process.stdin.getWriter();
    // A psql that cannot connect does not read its input.
    await writer.write(new TextEncoder().encode(script)).catch(() => {});
    await writer.close().catch(() => {});
    return textsOf(await process.output());
  }

  /** Opens a session that stays. */
  session(settings = ""): Session {
    return new Session(
      new Deno.Command("sh", {
        args: ["-c", 'exec psql "$@" 2>&1', "psql", ...this.#arguments({})],
        env: { PGOPTIONS: settings },
        stdin: "piped",
        stdout: "piped",
      }).spawn(),
    );
  }

  #arguments(variables: Record<string, string>): string[] {
    const given = Object.entries({ VERBOSITY: "verbose", ...variables });
    return [
      ...["-X", "-q", "-A", "-t", "-h", this.#folder, "-U", "postgres", "-d", "postgres"],
      ...given.flatMap(([name, value]) => ["-v", `${name}=${value}`]),
    ];
  }

  /** Ends the server, and waits until it is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGINT"); // a fast shutdown: sessions are ended
    await this.#process.status;
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/** A session of `psql` that can be paused between two statements. */
export class Session implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reader: ReadableStreamDefaultReader<string>;
  #unread = "";
  #sent = 0;

  constructor(process: Deno.ChildProcess) {
    this.#process = process;
    this.#writer = process.stdin.getWriter();
    this.#reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Runs statements, and resolves with what psql printed, errors included, once they are done. */
  async run(statements: string): Promise<string> {
    const marker = `-- done ${++this.#sent} --\n`;
    const text = `${statements}\n\\echo '${marker.trim()}'\n`;
    await this.#writer.write(new TextEncoder().encode(text)).catch(() => {});
    while (!this.#unread.includes(marker)) {
      const { done, value } = await this.#reader.read();
      if (done) return this.#unread; // psql ends when it has lost its server
      this.#unread += value;
    }
    const end = this.#unread.indexOf(marker);
    const printed = this.#unread.slice(0, end);
    this.#unread = this.#unread.slice(end + marker.length);
    return printed;
  }

  /** Ends psql, and what its transaction had not committed. */
  async [Symbol.asyncDispose](): Promise<void> {
    // It may be waiting for a lock that another session holds, and then does not read its input.
    try {
      this.#process.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it has ended, as it has lost its server
    }
    await this.#writer.close().catch(() => {});
    while (!(await this.#reader.read()).done);
    await this.#process.status;
  }
}
