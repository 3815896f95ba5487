import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { publish, TEMPORARY } from './durable.ts';

/** Where the bytes of a file go. */
export interface Sink {
  write(bytes: Uint8Array): void;
}

/** A file under a temporary name until it is whole. */
export interface PartFile extends Sink {
  /** Bytes written so far. */
  readonly bytes: number;
  /** Flushes the file to the disk and gives it its name. @returns SHA-256 of its bytes, hexadecimal */
  publish(): string;
  /** Closes it as it is; it keeps its temporary name. */
  abandon(): void;
}

/**
 * Opens a file to be written from the beginning. Writes are synchronous: they are large and few, and nobody has to be waited
 * for before a buffer is used again.
 */
export function openPart(path: string): PartFile {
  const handle = openSync(`${path}${TEMPORARY}`, 'w');
  const digest = createHash('sha256');
  let bytes = 0;
  return {
    get bytes() {
      return bytes;
    },
    write: (chunk) => {
      for (let from = 0; from < chunk.length; ) from += writeSync(handle, chunk, from);
      digest.update(chunk);
      bytes += chunk.length;
    },
    publish: () => {
      fsyncSync(handle);
      closeSync(handle);
      publish(path);
      return digest.digest('hex');
    },
    abandon: () => closeSync(handle),
  };
}
