import { type Fence, StaleTokenError } from "../../mod.ts";

/** Keeps a report. PUT replaces it, POST only raises the fence; both need a token. */
export function reportService(fence: Fence): (request: Request) => Promise<Response> {
  let report = "";
  return async (request) => {
    if (request.method === "GET") return new Response(report);
    const token = request.headers.get("Fencing-Token") ?? "";
    if (!/^\d{1,15}$/.test(token)) return new Response("No valid Fencing-Token", { status: 400 });
    const text = await request.text(); // all of it, before the check: a slow client holds up no other
    try {
      await fence.check(Number(token), () => {
        if (request.method === "PUT") report = text;
      });
      return new Response(null, { status: 204 });
    } catch (error) {
      if (!(error instanceof StaleTokenError)) throw error; // 500: nothing was written
      const headers = { "Fencing-Token": `${error.highest}` };
      return new Response(error.message, { status: 409, headers });
    }
  };
}

/** The leader's side: sends a report, or raises the fence if there is none. */
export async function sendReport(url: string, token: number, report?: string): Promise<void> {
  const method = report === undefined ? "POST" : "PUT";
  const headers = { "Fencing-Token": `${token}` };
  const response = await fetch(url, { method, headers, body: report ?? null });
  const text = await response.text();
  if (response.status === 409) {
    throw new StaleTokenError(token, Number(response.headers.get("Fencing-Token")));
  }
  if (!response.ok) throw new Error(`The report was not accepted: ${response.status} ${text}`);
}
