/** A certificate authority and a certificate of this machine, made by openssl for one test run. */

import { findProgram, run } from "./programs.ts";

/** Whether openssl is on this machine; a test that needs it is ignored where it is not, and says so by that. */
export const hasOpenssl: boolean =
  await findProgram("openssl", "the tests with TLS", ["version"]) !==
    undefined;

/** What a TLS server on this machine, and its clients, need. */
export interface Certificates extends AsyncDisposable {
  readonly caFile: string;
  readonly ca: string;
  /** The server's certificate, in PEM. */
  readonly cert: string;
  /** The server's key, in PEM. */
  readonly key: string;
}

export async function makeCertificates(): Promise<Certificates> {
  const folder = await Deno.makeTempDir({ prefix: "certificates-" });
  const file = (name: string) => `${folder}/${name}`;
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  await openssl([
    ...["req", "-x509", ...newKey, "-days", "2", "-subj", "/CN=An authority for tests"],
    ...["-keyout", file("ca.key"), "-out", file("ca.pem")],
  ]);
  await openssl([
    ...["req", ...newKey, "-subj", "/CN=localhost"],
    ...["-keyout", file("key.pem"), "-out", file("request.pem")],
  ]);
  await Deno.writeTextFile(
    file("extensions"),
    "subjectAltName=DNS:localhost,DNS:gists.test,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n",
  );
  await openssl([
    ...["x509", "-req", "-in", file("request.pem"), "-extfile", file("extensions"), "-days", "2"],
    ...["-CA", file("ca.pem"), "-CAkey", file("ca.key"), "-CAcreateserial"],
    ...["-out", file("cert.pem")],
  ]);
  return {
    caFile: file("ca.pem"),
    ca: await Deno.readTextFile(file("ca.pem")),
    cert: await Deno.readTextFile(file("cert.pem")),
    key: await Deno.readTextFile(file("key.pem")),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

async function openssl(args: readonly string[]): Promise<void> {
  const ran = await run("openssl", args);
  if (ran?.code !== 0) throw new Error(`openssl ${args[0]}: ${ran?.stderr}`);
}
