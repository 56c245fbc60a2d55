import { type Mutant, mutantsOf } from "../mutant.ts";

const LOCK_URL = "tests/cli/options/lock_url_test.ts";
const LEADERSHIP = "tests/cli/output/leadership_test.ts";
const KEEPER = "tests/cli/run/keeper_test.ts";
const SIGNALS = "tests/cli/run/signals_test.ts";
const TWO_PROCESSES = "tests/cli/run/two_processes_test.ts";

/** Bugs in `cli/run/`. */
export const CLI_RUN: readonly Mutant[] = [
  ...mutantsOf("cli/run/campaigner.ts", "tests/cli/run/campaigner_test.ts", [
    {
      bug: "the lock is released while a stopped keeper may still start the command",
      text: "    await this.#untilNoStart(work);\n    if (work.done",
      replacement: "    if (work.done",
      killedBy: "Campaigner holds the lock while a stopped keeper may still start the command",
    },
    {
      bug: "the same, where the keeper counts as stopped",
      text: 'if (work && why === "keeper stopped") await this.#untilNoStart(work);',
      replacement: "",
      killedBy: "Campaigner waits no longer than the keeper may start the command",
    },
    {
      bug: "the lock is released under a command that the keeper cannot end",
      text: 'case "unended":\n        return this.#options.stop("unended");',
      replacement:
        'case "unended":\n        work?.ended.resolve();\n        return this.#options.stop("unended");',
      killedBy: "Campaigner releases nothing under a command that the keeper cannot end",
    },
    {
      bug: "the lock is released under a command that outlives its keeper",
      text:
        'if (!await awaitEnd(group, clock.monotonic() + grace, clock)) return stop("unended alone");',
      replacement: "await awaitEnd(group, clock.monotonic() + grace, clock);",
      killedBy:
        "Campaigner that cannot end the command of a keeper that is gone, or late, releases nothing",
    },
    {
      bug: "the lock is released under a command that outlives its term",
      text: "if (!await awaitEnd(group, clock.monotonic(), clock)) {",
      replacement: "await awaitEnd(group, clock.monotonic(), clock);\n      if (false) {",
      killedBy:
        "Campaigner that cannot end the command of a keeper that is gone, or late, releases nothing",
    },
    {
      bug: "the backup kills nothing",
      text:
        "if (work.pid !== undefined) {\n      const group = this.#options.group(work.pid);\n      if",
      replacement:
        "if (false as boolean) {\n      const group = this.#options.group(work.pid ?? 0);\n      if",
      killedBy: "Campaigner kills the command that a late keeper has not ended",
    },
    {
      bug: "a term is granted to a keeper that is gone",
      text: " || this.#isKeeperGone) return null;",
      replacement: ") return null;",
      killedBy: "Campaigner considers a silent keeper stopped",
    },
    {
      bug: "the keeper's dropped lines are not counted",
      text: "this.droppedLines = message.dropped ?? 0;",
      replacement: "",
      killedBy: "Campaigner knows how many log lines the keeper has dropped",
    },
    {
      bug: "a term is held for a command that was ended",
      text: "if (work.term.isValid()) this.#options.resign();",
      replacement: "",
      killedBy: "Campaigner resigns a term that goes on though its command was ended",
    },
    {
      bug: "the keeper is not informed of a term",
      text: '    this.#work = work;\n    this.#options.send({ type: "changed" });',
      replacement: "    this.#work = work;",
      killedBy: [TWO_PROCESSES, "A term that ends while nothing is asked ends its command at once"],
    },
    {
      bug: "the keeper is not informed of the end of a term",
      text: '    this.#options.send({ type: "changed" });\n    if (work.grantedUntil',
      replacement: "    if (work.grantedUntil",
      killedBy: [TWO_PROCESSES, "A term that ends while nothing is asked ends its command at once"],
    },
    {
      bug: "a keeper that is silent is waited for",
      text: "    this.#watchKeeper(work);\n",
      replacement: "",
      killedBy: [
        TWO_PROCESSES,
        "A keeper that misses the start of a term costs the lead, and no command runs",
      ],
    },
  ]),
  ...mutantsOf("cli/run/child.ts", SIGNALS, [
    {
      bug: "a command that a real-time signal ends is a fault of the program",
      text: "if (number === undefined) return",
      replacement: 'if (number !== "") return',
      killedBy: "endingOf() names the signal, including one that the runtime has no name for",
    },
    {
      bug: "the command can report to systemd in elector's place",
      text: "...TOKEN_VARIABLES, ...SUPERVISOR_VARIABLES",
      replacement: "...TOKEN_VARIABLES",
      killedBy: [
        LEADERSHIP,
        "commandEnv() contains the term, and hides access tokens and what is only for elector",
      ],
    },
    {
      bug: "a command inherits the options of elector",
      text: "OF_ELECTOR.test(name) || ",
      replacement: "",
      killedBy: [
        LEADERSHIP,
        "commandEnv() contains the term, and hides access tokens and what is only for elector",
      ],
    },
    {
      bug: "credentials are never stripped",
      text: "(stripsCredentials && OF_A_CLOUD.test(name))",
      replacement: '(stripsCredentials && name === "")',
      killedBy: [
        LOCK_URL,
        "a command keeps the credentials of its cloud, unless they are to be stripped",
      ],
    },
  ]),
  ...mutantsOf("cli/run/hook_process.ts", "tests/cli/candidate/change_hook_test.ts", [
    {
      bug: "the command of --on-change finds the access token",
      text: "...othersOf(env),",
      replacement: "...env,",
      killedBy: "hookEnv() says who leads, and hides the access tokens and systemd's variables",
    },
  ]),
  ...mutantsOf("cli/run/keeper.ts", KEEPER, [
    {
      bug: "a report comes before what ends the command",
      text:
        'this.#end(kept, "loss", "SIGTERM");\n      this.#report(() => this.#options.onLoss?.(kept.token));',
      replacement:
        'this.#report(() => this.#options.onLoss?.(kept.token));\n      this.#end(kept, "loss", "SIGTERM");',
      killedBy: "Keeper ends the command before it reports, and though the report fails",
    },
    {
      bug: "a report that fails is the keeper's failure",
      text:
        "    try {\n      report();\n    } catch {\n      // There is no other place to report to.\n    }",
      replacement: "    report();",
      killedBy: "Keeper ends the command before it reports, and though the report fails",
    },
    {
      bug: "the end of a command that may not be signalled is waited for",
      text: "await Promise.race([exited, over.promise]);",
      replacement: "await exited;",
      killedBy: "Keeper that cannot end the command reports it, keeps the lock, and ends with 71",
    },
    {
      bug: "what cannot be ended counts as ended",
      text: "if (await over.promise) this.#onEnd",
      replacement: "await over.promise;\n    if (true) this.#onEnd",
      killedBy: "Keeper that cannot end a command whose lease has ended starts no other",
    },
    {
      bug: "another command is started next to one that cannot be ended",
      text: "    this.#exitCode = EXIT.notEnded;\n    this.#isStopping = true;",
      replacement: "    this.#exitCode = EXIT.notEnded;",
      killedBy: "Keeper that cannot end a command whose lease has ended starts no other",
    },
    {
      bug: "a command that could not be ended has the exit code of another failure",
      text: "this.#exitCode = EXIT.notEnded;",
      replacement: "this.#exitCode = EXIT.internal;",
      killedBy: "Keeper that cannot end the command reports it, keeps the lock, and ends with 71",
    },
    {
      bug: "a signal to the campaigner does not reach the command",
      text: "this.stop(message.signal);\n",
      replacement: "",
      killedBy: "Keeper treats a signal to the campaigner as one of its own",
    },
    {
      bug: "a keeper that cannot go on leaves the command to a campaigner that is gone",
      text: 'if (this.#isAlone) this.forward("SIGKILL");',
      replacement: "",
      killedBy: "Keeper that crashes kills the command if the campaigner is gone, and only then",
    },
    {
      bug: "the command outlives a campaigner that is gone",
      text: "return this.#questions.isValid() && !this.#isAlone;",
      replacement: "return this.#questions.isValid();",
      killedBy: "Keeper ends the command when the campaigner is gone, and has no exit code for it",
    },
    {
      bug: "a term is started twice",
      text: "if (term.token <= this.#lastToken) return;",
      replacement: "",
      killedBy: "Keeper never starts the same term twice",
    },
    {
      bug: "a keeper that noticed late gives the whole grace",
      text: "const overdue = Math.max(0, -this.#questions.remaining());",
      replacement: "const overdue = 0;",
      killedBy: "Keeper that was itself stopped counts the grace period from the deadline",
    },
    {
      bug: "the keeper goes on looking while there is neither a term nor a command",
      text: "    if (!this.#kept && !hasTerm) {",
      replacement: "    if (!this.#kept && this.#isAlone) {",
      killedBy: "Keeper asks nothing and sets no timer while there is neither a term nor a command",
    },
    {
      bug: "the keeper asks though there is neither a term nor a command",
      text: "      this.#stopLooking?.();\n",
      replacement: "",
      killedBy: "Keeper asks nothing and sets no timer while there is neither a term nor a command",
    },
    {
      bug: "the keeper stops asking as soon as the term is over",
      text: "    if (!this.#kept && !hasTerm) {",
      replacement: "    if (!hasTerm) {",
      killedBy:
        "Keeper asks on while it ends a command, or the campaigner would consider it stopped",
    },
    {
      bug: "the keeper looks at the clocks only when it asks",
      text: "Math.min(1_000, Math.max(50, renewDeadline / 20))",
      replacement: "renewDeadline / 8",
      killedBy:
        "Keeper looks at both clocks each second, though it asks more rarely, and long before the deadline",
    },
    {
      bug: "the command runs until the look after its deadline",
      text: "if (!hasTerm || remaining > 2 * this.#lookPeriod) return;",
      replacement: "if (remaining > -Infinity) return;",
      killedBy:
        "Keeper asks in a term each D/8, and each half of what remains of it, but no more often than each 100 ms",
    },
    {
      bug: "a watchdog gets no sign of life while nothing is asked",
      text: "    this.#questions.ask();\n    return isSound;",
      replacement: "    return isSound;",
      killedBy: "Keeper is sound while the campaigner answers, and no command runs past its term",
    },
    {
      bug: "the watchdog beats for a campaigner that hangs",
      text: "const isSound = this.#questions.hasHeard(within) && (!this.#kept",
      replacement: "const isSound = (!this.#kept",
      killedBy: "Keeper is sound while the campaigner answers, and no command runs past its term",
    },
  ]),
  ...mutantsOf("cli/run/keeper/questions.ts", KEEPER, [
    {
      bug: "the deadline is counted from the answer",
      text: "const { at } = this.#open;",
      replacement: "const at = readClock(this.#clock);",
      killedBy: "Keeper counts the deadline from its question, however late the answer comes",
    },
    {
      bug: "shortly before its deadline a term is not asked for more often",
      text: "Math.min(this.#longestPause, half)",
      replacement: "this.#longestPause",
      killedBy: "Keeper finds a renewal shortly before the end of a long term",
    },
    {
      bug: "questions come ever faster before a deadline",
      text: "Math.max(LEAST_PAUSE_MS, term.remaining / 2)",
      replacement: "term.remaining / 2",
      killedBy:
        "Keeper asks in a term each D/8, and each half of what remains of it, but no more often than each 100 ms",
    },
    {
      bug: "an answer that is older than the change counts",
      text: "    this.#open = undefined;\n    this.ask();",
      replacement: "    this.ask();",
      killedBy: "Keeper ignores an answer that is older than the change",
    },
    {
      bug: "the watchdog beats while a command outlives its term",
      text: "return !this.#isRevoked && this.remaining() > 0;",
      replacement: "return !this.#isRevoked;",
      killedBy:
        "Keeper is not healthy once a term has expired with its command still there, however recent its last answer",
    },
    {
      bug: "an old answer counts as a sign of life",
      text: "this.#answered = { at, pause",
      replacement: "this.#answered = { at: readClock(this.#clock), pause",
      killedBy:
        "Keeper counts a campaigner's sign of life from its own question, not from the answer",
    },
  ]),
  ...mutantsOf("cli/run/lines.ts", "tests/cli/run/lines_test.ts", [
    {
      bug: "messages pile up for a process that does not read",
      text: 'const key = `${message.type} ${"token" in message ? message.token : ""}`;',
      replacement: "const key = crypto.randomUUID();",
      killedBy:
        "lineSender() keeps the last of each kind for a process that does not read, and all of a term",
    },
    {
      bug: "the end of one term's command hides that of another's",
      text: 'const key = `${message.type} ${"token" in message ? message.token : ""}`;',
      replacement: "const key = message.type;",
      killedBy:
        "lineSender() keeps the last of each kind for a process that does not read, and all of a term",
    },
    {
      bug: "a process that does not read blocks this one permanently",
      text:
        "await settleWithin((writing ?? Promise.resolve()).then(() => writer.close()), CLOSE_MS);",
      replacement: "await (writing ?? Promise.resolve()).then(() => writer.close());",
      killedBy: "lineSender() ends though the other process never reads",
    },
  ]),
  ...mutantsOf("cli/run/notify.ts", "tests/cli/run/notify_test.ts", [
    {
      bug: "the watchdog beats whatever happens",
      text: "if (isSound(2 * period)) this.beat();",
      replacement: "this.beat();",
      killedBy: "Notifier does not beat while something is not sound, and beats again when it is",
    },
    {
      bug: "another process's watchdog is taken for its own",
      text: "if (process !== undefined && process !== String(pid)) return undefined;",
      replacement: "",
      killedBy: "watchdogOf() is the time of systemd, for this process only",
    },
    {
      bug: "reports heap up behind one that hangs",
      text: "if (this.#isSending || assignments.length === 0) return;",
      replacement: "if (assignments.length === 0) return;",
      killedBy: "Notifier sends one report at a time, and one in between when it is asked to",
    },
  ]),
  ...mutantsOf("cli/run/process_group.ts", "tests/cli/run/process_group_test.ts", [
    {
      bug: "a process that may not be signalled counts as gone",
      text: 'return error instanceof Deno.errors.NotFound ? "gone" : "forbidden";',
      replacement: 'return "gone";',
      killedBy:
        "processGroup() exists though it may not be signalled, and a signal to it does not fail",
    },
    {
      bug: "a signal that is refused fails",
      text:
        "      } catch {\n        // It is gone, or may not be signalled: see `exists()`.\n      }",
      replacement: "      } finally {\n        // Nothing.\n      }",
      killedBy:
        "processGroup() exists though it may not be signalled, and a signal to it does not fail",
    },
    {
      bug: "a zombie of another user counts as alive permanently",
      text: "return states.every(isZombie);",
      replacement: "return false;",
      killedBy: "processGroup() on linux: EPERM and Z,Z states mean dead",
    },
    {
      bug: "a dead process that is never reaped uses up the grace period",
      text: "clock, dead.signal)",
      replacement: "clock)",
      killedBy:
        "awaitEnd() does not wait for dead processes that are never reaped, as in a container",
    },
    {
      bug: "a group whose processes are hidden is killed before its time",
      text: "return states !== undefined && states.length > 0 && ",
      replacement: "return states !== undefined && ",
      killedBy: "processGroup() on linux: EPERM and  states mean alive",
    },
    {
      bug: "a process that hangs in the kernel counts as dead",
      text: "if (states !== undefined && states.length > 0)",
      replacement: "if (states?.every(isZombie))",
      killedBy: "processGroup() on linux: success and Z,D states mean alive",
    },
    {
      bug: "a group whose processes are hidden counts as dead",
      text: "if (states !== undefined && states.length > 0)",
      replacement: "if (states !== undefined)",
      killedBy: "processGroup() on linux: EPERM and  states mean alive",
    },
    {
      bug: "a group of zombies on macOS counts as alive",
      text: '(state === "reachable") === (os === "linux")',
      replacement: 'state === "reachable" && os === "linux"',
      killedBy: "processGroup() on darwin: EPERM and no states mean dead",
    },
    {
      bug: "a process that KILL has not ended counts as ended",
      text: "if (clock.monotonic() >= giveUpAt) return false;",
      replacement: "if (clock.monotonic() >= giveUpAt) return true;",
      killedBy: "awaitEnd() kills at its time, and returns whether no process is alive",
    },
    {
      bug: "a process that is slow to die counts as left",
      text: "const STUCK_MS = 2_000;",
      replacement: "const STUCK_MS = 0;",
      killedBy:
        "awaitEnd() waits for a slow death, and kills processes that were started meanwhile",
    },
  ]),
  ...mutantsOf("cli/run/signals.ts", SIGNALS, [
    {
      bug: "INT does not end a run that has a command",
      text: 'if (signal === "SIGINT" || signal === "SIGTERM") return true;',
      replacement: 'if (signal === "SIGTERM") return true;',
      killedBy: "endsRun() is true for INT and TERM",
    },
    {
      bug: "a reload ends the command of a leader",
      text: "return ENDING_IDLE.includes(signal) && !hasCommand;",
      replacement: "return ENDING_IDLE.includes(signal);",
      killedBy: "endsRun() is true for INT and TERM",
    },
    {
      bug: "USR1 ends a follower",
      text: "return ENDING_IDLE.includes(signal) && !hasCommand;",
      replacement: "return !hasCommand;",
      killedBy: "endsRun() is true for INT and TERM",
    },
  ]),
];
