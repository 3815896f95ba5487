import * as v from 'valibot';
import { apiNames } from '../apis/index.ts';
import { accidents, families, kindsNamed } from './kinds.ts';

/** Faults that befall calls by chance. The same seed and the same calls meet the same faults. */
export interface FaultOptions {
  /** Default 1. */
  seed?: number;
  /** Share of the calls that meet a fault, 0 to 1. */
  rate: number;
  /** Names of kinds, or of families of kinds; default: all that a patient client survives. */
  kinds?: string[];
  /** How long `hang` keeps silent, default 6000 ms: longer than a caller who waits 5 s. */
  hangMs?: number;
}

/** A fault that befalls every call it is meant for until it is switched off. */
export interface FaultSwitch {
  kind: string;
  on: boolean;
  /** Default: every API. */
  api?: (typeof apiNames)[number];
  /** Only calls about this community. */
  groupId?: string;
}

const HANG_MS = 6_000;

const kinds = v.pipe(
  v.array(v.string()),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    try {
      return kindsNamed(dataset.value);
    } catch (error) {
      addIssue({ message: (error as Error).message });
      return NEVER;
    }
  }),
);

export const faultOptions = v.strictObject({
  seed: v.optional(v.pipe(v.number(), v.safeInteger()), 1),
  rate: v.pipe(v.number(), v.minValue(0, 'must be from 0 to 1'), v.maxValue(1, 'must be from 0 to 1')),
  kinds: v.optional(kinds),
  hangMs: v.optional(v.pipe(v.number(), v.minValue(0)), HANG_MS),
});

export const faultSwitch = v.strictObject({
  kind: v.pipe(
    v.string(),
    v.transform((kind) => [kind]),
    kinds,
  ),
  on: v.boolean(),
  api: v.optional(v.picklist(apiNames)),
  groupId: v.optional(v.pipe(v.string(), v.nonEmpty())),
});

/** All kinds and families by name, for people. */
export const kindNames: readonly string[] = [...Object.keys(accidents), ...Object.keys(families), 'code-N'];
