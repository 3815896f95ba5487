import { isDeepStrictEqual } from 'node:util';
import type { TopicInfo } from '../../../simulator/app/types.ts';
import { parseJson } from '../../../simulator/json.ts';
import { SPELLINGS } from '../../support/spellings.ts';

/** A topic's details by the catalog's names, whoever gave them: the app, or a stored item. */
export type Details = Readonly<Record<string, unknown>>;

/** What the catalog has to hold of a topic, told from the app's own state and not by the code under test. */
export function detailsOfInfo(info: TopicInfo): Details {
  const details: Record<string, unknown> = {};
  const extra: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(info)) {
    const spelling = SPELLINGS[name];
    if (name === 'MuteAllMember' || name === 'ShutUpAllFlag')
      details['muteAllMember'] = value === 'On' || value === 1;
    else if (spelling) details[spelling] = value;
    else if (name !== 'TopicId' && name !== 'GroupID') extra[name] = value;
  }
  return Object.keys(extra).length > 0 ? { ...details, extra } : details;
}

const STORED = [...Object.values(SPELLINGS), 'muteAllMember'];

/** What a stored snapshot, or one side of a history entry, says of a topic. */
export function detailsOfItem(item: Readonly<Record<string, unknown>>): Details {
  const known = STORED.filter((name) => item[name] !== undefined).map((name) => [name, item[name]]);
  const extra = item['extra'] === undefined ? {} : { extra: parseJson(item['extra'] as string) };
  return { ...Object.fromEntries(known), ...extra };
}

export function same(a: Details | undefined, b: Details | undefined): boolean {
  return isDeepStrictEqual(a, b);
}
