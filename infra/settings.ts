import * as v from 'valibot';
import { checkedEndpoint } from '../shared/chat/regions.ts';
import { ENV } from '../shared/config.ts';

/** Says what a setting is and what it may be: `is "mars"; allowed: china, singapore`. */
export function must(allowed: string): (issue: { readonly input: unknown }) => string {
  return ({ input }) => `is ${show(input)}; ${allowed}`;
}

/** Some text. */
export const text = v.pipe(v.string(must('it must be text')), v.nonEmpty(must('it must not be empty')));

/** A whole number in a range. @param reason why there are such limits, where it is not plain */
export function whole(from: number, to: number, reason?: string) {
  const range = to === Number.MAX_SAFE_INTEGER ? `of at least ${from}` : `from ${from} to ${to}`;
  const message = must(`it must be a whole number ${range}${reason === undefined ? '' : `, ${reason}`}`);
  return v.pipe(v.number(message), v.integer(message), v.minValue(from, message), v.maxValue(to, message));
}

/** What a strict object says of a key that is missing or unknown. Never the value: it may be a secret. */
export function settings(...names: readonly string[]): (issue: v.StrictObjectIssue) => string {
  return ({ expected, received, path }) => {
    if (expected === 'never') return `is not a setting; allowed: ${names.join(', ')}`;
    if (path !== undefined && received === 'undefined') return 'is missing';
    return `must be an object with ${names.join(', ')}`;
  };
}

/** What is wrong with a base URL, or undefined when nothing is. */
export function endpointProblem(endpoint: string): string | undefined {
  try {
    checkedEndpoint(endpoint);
    return undefined;
  } catch (error) {
    // The same rule and words as at run time, where the setting is a variable.
    return (error as Error).message.replace(`${ENV.endpoint} `, '');
  }
}

/** `apps[0].schedule.cron`, from the keys that lead to a value. */
export function pathOf(path: readonly { readonly key?: unknown }[]): string {
  return path
    .map(({ key }) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}

/** A value as it can be shown in one line. */
export function show(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 60 ? `${json.slice(0, 60)}…` : json;
}
