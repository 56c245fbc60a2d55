import type { AccountKey, S3Credentials } from "../../bucket/mod.ts";
import { signSharedKey } from "../../bucket/sign/shared_key.ts";
import { signS3 } from "../../bucket/sign/sigv4.ts";

/** An object store that runs on this machine for as long as a test does. */
export abstract class RealServer implements AsyncDisposable {
  /** What it is called in the names of tests. */
  abstract readonly name: string;
  /** The address of the service. */
  readonly endpoint: string;
  readonly #running: AsyncDisposable;
  /** What requests are authorized with. */
  abstract readonly credentials: S3Credentials | AccountKey;
  /** The variables of {@linkcode credentials}. */
  abstract readonly env: Readonly<Record<string, string>>;
  /** Returns the address of a lock. */
  abstract lockUrl(bucket: string, key: string): string;
  /** Creates a bucket. */
  abstract createBucket(bucket: string): Promise<void>;
  /** Sends a request without a condition, as a tool of the cloud does. */
  protected abstract sign(method: string, url: URL, body: Uint8Array): Record<string, string>;

  constructor(endpoint: string, running: AsyncDisposable) {
    this.endpoint = endpoint;
    this.#running = running;
  }

  /** Ends the server. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running[Symbol.asyncDispose]();
  }

  /** Writes an object without regard to anyone; deletes it with `undefined`. */
  async edit(bucket: string, key: string, content: string | undefined): Promise<void> {
    const method = content === undefined ? "DELETE" : "PUT";
    await this.send(method, `/${bucket}/${key}`, content);
  }

  /** Sends an authorized request, and refuses a failure. */
  protected async send(method: string, path: string, content = ""): Promise<void> {
    const url = new URL(this.endpoint + path);
    const body = new TextEncoder().encode(content);
    const response = await fetch(url, {
      method,
      headers: this.sign(method, url, body),
      ...(method === "PUT" && { body }),
    });
    const said = await response.text();
    if (response.ok) return;
    throw new Error(`${method} ${path}: ${this.name} answers ${response.status}: ${said}`);
  }
}

/** A server that speaks S3. */
export abstract class S3Server extends RealServer {
  abstract override readonly credentials: S3Credentials;

  override get env() {
    const { accessKeyId, secretAccessKey } = this.credentials;
    return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
  }

  override lockUrl(bucket: string, key: string): string {
    return `s3://${bucket}/${key}`;
  }

  override async createBucket(bucket: string): Promise<void> {
    await this.send("PUT", `/${bucket}`);
  }

  protected override sign(method: string, url: URL, body: Uint8Array): Record<string, string> {
    return signS3({ method, url, headers: {}, body }, this.credentials, {
      region: "us-east-1",
      time: Date.now(),
    });
  }
}

/** A server that speaks Azure Blob Storage. */
export abstract class AzureServer extends RealServer {
  abstract override readonly credentials: AccountKey;
  abstract readonly account: string;

  override get env() {
    return { AZURE_STORAGE_KEY: this.credentials.accountKey };
  }

  override lockUrl(bucket: string, key: string): string {
    return `az://${this.account}/${bucket}/${key}`;
  }

  override async createBucket(bucket: string): Promise<void> {
    await this.send("PUT", `/${bucket}?restype=container`);
  }

  protected override sign(method: string, url: URL, body: Uint8Array): Record<string, string> {
    const headers = { "x-ms-version": "2021-12-02", "x-ms-blob-type": "BlockBlob" };
    const { account, credentials: { accountKey } } = this;
    return signSharedKey({ method, url, headers, body }, { account, accountKey }, Date.now());
  }
}
