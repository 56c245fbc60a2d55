import { crc32, deflateSync, inflateSync } from "node:zlib";

interface Chunk {
  readonly type: string;
  readonly data: Uint8Array<ArrayBuffer>;
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** A picture: its size, and three bytes for each pixel, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** Reads a PNG of the kind that a browser makes: 8 bits, RGB or RGBA, not interlaced. */
export function readPng(file: Uint8Array): Picture {
  const chunks = [...chunksOf(file)];
  const header = chunks.find(({ type }) => type === "IHDR")?.data;
  if (!header) throw new Error("A PNG must have a header, got none");
  const view = new DataView(header.buffer, header.byteOffset);
  const [width, height, depth, color] = [
    view.getUint32(0),
    view.getUint32(4),
    header[8],
    header[9],
  ];
  const channels = color === 2 ? 3 : color === 6 ? 4 : 0;
  if (depth !== 8 || channels === 0 || header[12] !== 0) {
    throw new Error(`A PNG must have 8 bits and RGB, got ${depth} bits and colour type ${color}`);
  }
  const parts = chunks.filter(({ type }) => type === "IDAT").map(({ data }) => data);
  const raw = inflateSync(new Uint8Array(parts.flatMap((part) => [...part])));
  const rows = unfilter(raw, width * channels, height, channels);
  const pixels = new Uint8Array(width * height * 3);
  for (let index = 0; index < width * height; index++) {
    for (let channel = 0; channel < 3; channel++) {
      pixels[index * 3 + channel] = rows[index * channels + channel] ?? 0;
    }
  }
  return { width, height, pixels };
}

function* chunksOf(file: Uint8Array): Generator<Chunk> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (let at = SIGNATURE.length; at < file.length;) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...file.subarray(at + 4, at + 8));
    yield { type, data: new Uint8Array(file.slice(at + 8, at + 8 + length)) };
    at += length + 12;
  }
}

function unfilter(raw: Uint8Array, stride: number, height: number, step: number): Uint8Array {
  const out = new Uint8Array(stride * height);
  for (let row = 0; row < height; row++) {
    const filter = raw[row * (stride + 1)] ?? 0;
    for (let column = 0; column < stride; column++) {
      const at = row * stride + column;
      const left = column >= step ? out[at - step] ?? 0 : 0;
      const up = row > 0 ? out[at - stride] ?? 0 : 0;
      const corner = row > 0 && column >= step ? out[at - stride - step] ?? 0 : 0;
      const base = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] ?? 0;
      out[at] = (raw[row * (stride + 1) + 1 + column] ?? 0) + base;
    }
  }
  return out;
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

/** Writes a picture with at most so many colours: the most frequent ones, and for the others the nearest of them. */
export function writePng({ width, height, pixels }: Picture, most = 32): Uint8Array {
  const colors = Array.from({ length: width * height }, (_, index) => colorAt(pixels, index));
  const counts = new Map<number, number>();
  for (const color of colors) counts.set(color, (counts.get(color) ?? 0) + 1);
  const palette = [...counts].sort(([, a], [, b]) => b - a).slice(0, most).map(([color]) => color);
  const places = new Map([...counts.keys()].map((color) => [color, nearest(color, palette)]));
  const rows = new Uint8Array((width + 1) * height);
  colors.forEach((color, index) => {
    rows[Math.floor(index / width) * (width + 1) + 1 + (index % width)] = places.get(color) ?? 0;
  });
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint16(8, 0x08_03);
  return new Uint8Array([
    ...SIGNATURE,
    ...chunk("IHDR", new Uint8Array(header.buffer)),
    ...chunk("PLTE", new Uint8Array(palette.flatMap((color) => bytesOf(color)))),
    ...chunk("IDAT", new Uint8Array(deflateSync(rows, { level: 9, memLevel: 9 }))),
    ...chunk("IEND", new Uint8Array()),
  ]);
}

function colorAt(pixels: Uint8Array, index: number): number {
  const [red = 0, green = 0, blue = 0] = pixels.subarray(index * 3, index * 3 + 3);
  return (red << 16) | (green << 8) | blue;
}

function bytesOf(color: number): [number, number, number] {
  return [color >> 16, (color >> 8) & 255, color & 255];
}

function nearest(color: number, palette: readonly number[]): number {
  const bytes = bytesOf(color);
  let [best, distance] = [0, Infinity];
  palette.forEach((candidate, index) => {
    const other = bytesOf(candidate);
    const d = bytes.reduce((sum, byte, place) => sum + (byte - (other[place] ?? 0)) ** 2, 0);
    if (d < distance) [best, distance] = [index, d];
  });
  return best;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  view.setUint32(data.length + 8, crc32(bytes.subarray(4, data.length + 8)));
  return bytes;
}
