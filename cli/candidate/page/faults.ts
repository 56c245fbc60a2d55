import type { PageData } from "./data.ts";
import { card, type Html, html } from "./html.ts";
import { duration, instant } from "./times.ts";

export interface Fault {
  readonly title: string;
  readonly detail: string;
  readonly wayOut: string;
}

/** The current faults, the most serious first. */
export function faultsOf(data: PageData): readonly Fault[] {
  const { figures, fault } = data;
  const { storeReachable, refusedSeconds, lastError, lastContactSeconds } = figures;
  const faults: Fault[] = [];
  if (!storeReachable && (lastContactSeconds !== null || lastError !== null)) {
    faults.push(storeLost(data));
  }
  if (refusedSeconds !== null) {
    faults.push({
      title: `The store has refused every write for ${duration(refusedSeconds * 1_000)}`,
      detail: lastError ?? "",
      wayOut:
        "Check that the access token is valid, that it may write, and that its account owns " +
        "the store. Until then this candidate cannot lead.",
    });
  }
  if (figures.ready === false) {
    faults.push({
      title: "The workload is not ready",
      detail: "This candidate does not claim the lock while its workload says so.",
      wayOut: "Check the workload's health at the URL of --ready-url.",
    });
  }
  if (faults.length > 0) return faults;
  if (fault !== undefined) {
    const wayOut = "See the log. If it persists, stop this process: another candidate takes over.";
    return [{ title: "This candidate is not healthy", detail: fault, wayOut }];
  }
  if (lastError === null) return [];
  const wayOut = "The next attempt is automatic. If the failure persists, follow the message.";
  return [{ title: "The last call failed", detail: lastError, wayOut }];
}

function storeLost({ figures }: PageData): Fault {
  const { lastContactSeconds, lastError, isLeader } = figures;
  const last = lastContactSeconds === null
    ? "It has never responded."
    : `It last responded ${duration(lastContactSeconds * 1_000)} ago.`;
  const consequence = isLeader
    ? " This candidate steps down at its deadline unless the store is back."
    : "";
  return {
    title: "The store cannot be reached",
    detail: `${last}${consequence}${lastError === null ? "" : ` ${lastError}`}`,
    wayOut:
      "Check the store's status page, then this machine's DNS, proxy and firewall. When the " +
      "store is back, the candidate continues on its own: do not restart it.",
  };
}

export function renderFaults(data: PageData): readonly Html[] {
  return faultsOf(data).map(({ title, detail, wayOut }) =>
    html`
      <section class="fault" role="alert">
        <h2>${title}</h2>
        <p>${detail}</p>
        <p class="out"><b>What to do:</b> ${wayOut}</p>
      </section>
    `
  );
}

export function renderFailures({ failures, now, wall }: PageData): Html | undefined {
  if (failures.length === 0) return undefined;
  const items = failures.toReversed().map(({ at, message }) =>
    html`<li><time>${instant(wall - (now - at))}</time> <bdi>${message}</bdi></li>`
  );
  return card("Past failures", html`<ul class="log">${items}</ul>`);
}
