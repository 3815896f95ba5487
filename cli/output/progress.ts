import { Presets, SingleBar } from 'cli-progress';

/** Progress of a night, on stderr and only on a terminal. */
export interface NightProgress {
  /** Counts a call that is about to be sent, or whatever else the rate is of. */
  call(): void;
  update(done: number, listed: number): void;
  stop(): void;
}

/** Seconds over which the rate is averaged. */
const RATE_SECONDS = 5;

/** A progress bar on a terminal; silence elsewhere. @param unit of the rate @param things that are counted */
export function createNightProgress(
  label: string,
  stream: NodeJS.WriteStream = process.stderr,
  unit = 'calls/s',
  things = 'communities',
): NightProgress {
  if (!stream.isTTY) return { call: () => {}, update: () => {}, stop: () => {} };
  const calls: number[] = [];
  let isStopped = false;
  let state = { done: 0, listed: 0 };
  const bar = new SingleBar(
    {
      stream,
      hideCursor: true,
      clearOnComplete: true,
      format: `${label} {bar} {value}/{total} ${things} · {rate} ${unit} · {left} left`,
    },
    Presets.shades_classic,
  );
  const draw = () => {
    const { done, listed } = state;
    if (listed === 0) return;
    const since = Date.now() - RATE_SECONDS * 1000;
    while (calls[0] !== undefined && calls[0] < since) calls.shift();
    const seconds = Math.min(RATE_SECONDS, Math.max(1, (Date.now() - (calls[0] ?? since)) / 1000));
    const rate = Math.round(calls.length / seconds);
    const left = rate > 0 ? `${Math.ceil(Math.max(0, listed - done) / rate)} s` : '…';
    if (!bar.isActive) bar.start(listed, 0, { rate, left });
    bar.setTotal(listed);
    bar.update(Math.min(done, listed), { rate, left });
  };
  const timer = setInterval(draw, 250);
  return {
    call: () => {
      calls.push(Date.now());
    },
    update: (done, listed) => {
      state = { done, listed };
    },
    stop: () => {
      if (isStopped) return;
      isStopped = true;
      clearInterval(timer);
      draw();
      bar.stop();
    },
  };
}
