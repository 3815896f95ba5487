import { withMirror } from '../../cli/mirror.ts';
import { writeReport } from '../../cli/report/write.ts';

/** What writing a report in this process took. */
export interface Written {
  /** From the first read to the renamed file. */
  readonly ms: number;
  /** Largest resident set of this process. */
  readonly peakMegabytes: number;
}

/** One report in a process of its own: prints what it took. */
const [file = ''] = process.argv.slice(2);
const begun = performance.now();
await withMirror(process.env, (mirror) => writeReport(mirror, file));
const written: Written = {
  ms: performance.now() - begun,
  peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
};
console.log(JSON.stringify(written));
