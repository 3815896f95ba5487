import type { Sink } from '../partFile.ts';

/** Characters that are written at once. */
const CHUNK = 1 << 20;

/** Gathers text into chunks that are worth a write. */
export function textChunks(sink: Sink): { add(text: string): void; flush(): void } {
  let texts: string[] = [];
  let length = 0;
  const flush = () => {
    if (length > 0) sink.write(Buffer.from(texts.join('')));
    texts = [];
    length = 0;
  };
  return {
    add: (text) => {
      texts.push(text);
      length += text.length;
      if (length >= CHUNK) flush();
    },
    flush,
  };
}
