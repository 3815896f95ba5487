import { clearScreenDown, cursorTo, moveCursor } from 'node:readline';

/** Lines on a terminal that take the place of those before. */
export interface Screen {
  show(lines: readonly string[]): void;
}

export function createScreen(out: NodeJS.WriteStream): Screen {
  let shown = 0;
  return {
    show: (lines) => {
      // A line that is broken by the terminal would count as two.
      const fitting = lines.map((line) => [...line].slice(0, Math.max(1, (out.columns || 80) - 1)).join(''));
      if (shown > 0) {
        moveCursor(out, 0, -shown);
        cursorTo(out, 0);
        clearScreenDown(out);
      }
      out.write(`${fitting.join('\n')}\n`);
      shown = fitting.length;
    },
  };
}
