import * as v from 'valibot';
import type { ApiName } from '../apis/index.ts';
import { Draw, scramble } from '../random.ts';
import { defaultMix, type FaultKind, onlyOf } from './kinds.ts';
import { type FaultOptions, type FaultSwitch, faultOptions, faultSwitch } from './options.ts';

/** A call that may meet a fault. */
export interface Candidate {
  readonly api: ApiName;
  readonly groupId?: string | undefined;
  readonly bodyText: string;
}

/** What is switched on. */
export interface FaultState {
  random: { seed: number; rate: number; kinds: FaultKind[] } | null;
  switches: { kind: FaultKind; api?: ApiName; groupId?: string }[];
}

/** How many more calls of an API a storm refuses. */
const STORM_CALLS = 10;

/** Tells what a fault draws from the draws that decide whether there is one. */
const FAULT_DRAW = 1;

/** Decides which calls of one app meet which fault: those that are switched on first, then chance. */
export class Faults {
  #random: v.InferOutput<typeof faultOptions> | undefined;
  #switches: FaultState['switches'] = [];
  #attempts = new Map<string, number>();
  #storms = new Map<ApiName, number>();
  #met = new Map<string, number>();

  /** @param random validated already */
  constructor(random?: v.InferOutput<typeof faultOptions>) {
    this.#random = random;
  }

  get hangMs(): number {
    return this.#random?.hangMs ?? v.getDefault(faultOptions.entries.hangMs);
  }

  get state(): FaultState {
    const { seed, rate, kinds = [...defaultMix] } = this.#random ?? { seed: 0, rate: 0 };
    return { random: rate > 0 ? { seed, rate, kinds } : null, switches: this.#switches };
  }

  /** Sets what befalls calls by chance from now on, and begins its sequence anew. @throws RangeError */
  set(options: FaultOptions): FaultState {
    this.#random = parse(faultOptions, options);
    this.#attempts = new Map();
    this.#storms = new Map();
    this.#met = new Map();
    return this.state;
  }

  /** Switches faults on or off; off without an API or a community is off wherever it was on. @throws RangeError */
  switch(change: FaultSwitch): FaultState {
    const { kind: kinds, on, ...where } = parse(faultSwitch, change);
    const entries = kinds.map((kind) => ({ kind, ...definedOf(where) }));
    this.#switches = this.#switches.filter((old) => !entries.some((entry) => includes(entry, old)));
    if (on) this.#switches.push(...entries);
    return this.state;
  }

  /** What a fault of a call may draw from: the call itself, and how often it has met one. */
  drawFor({ api, bodyText }: Candidate): Draw {
    const key = `${api} ${bodyText}`;
    const met = this.#met.get(key) ?? 0;
    this.#met.set(key, met + 1);
    return new Draw(this.#random?.seed ?? 1, hashOf(key), met, FAULT_DRAW);
  }

  /** The fault that a call meets, if any. */
  of(call: Candidate): FaultKind | undefined {
    const scripted = this.#switches.find((entry) => includes(entry, call) && befalls(entry.kind, call.api));
    return scripted?.kind ?? this.#byStorm(call) ?? this.#byChance(call);
  }

  #byStorm({ api }: Candidate): FaultKind | undefined {
    const left = this.#storms.get(api) ?? 0;
    if (left === 0) return undefined;
    this.#storms.set(api, left - 1);
    return 'rate-storm';
  }

  /** By the call itself and how often it was made, so that the order of different calls does not matter. */
  #byChance({ api, bodyText }: Candidate): FaultKind | undefined {
    if (!this.#random || this.#random.rate === 0) return undefined;
    const { seed, rate, kinds = defaultMix } = this.#random;
    const key = `${api} ${bodyText}`;
    const attempt = this.#attempts.get(key) ?? 0;
    this.#attempts.set(key, attempt + 1);
    const draw = new Draw(seed, hashOf(key), attempt);
    const [first, ...others] = kinds.filter((kind) => befalls(kind, api));
    if (first === undefined || !draw.chance(rate)) return undefined;
    const kind = draw.pick([first, ...others]);
    if (kind === 'rate-storm') this.#storms.set(api, STORM_CALLS);
    return kind;
  }
}

function parse<Schema extends v.GenericSchema>(schema: Schema, value: unknown): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new RangeError(`${v.getDotPath(issue) ?? 'body'}: ${issue.message}`);
}

function befalls(kind: FaultKind, api: ApiName): boolean {
  return onlyOf[kind] === undefined || onlyOf[kind] === api;
}

/** Whether what holds of `wide` holds of `narrow` too: each thing that it names is the same. */
function includes(
  wide: { kind?: FaultKind; api?: ApiName; groupId?: string },
  narrow: { kind?: FaultKind; api?: ApiName; groupId?: string | undefined },
): boolean {
  return (
    (narrow.kind === undefined || wide.kind === narrow.kind) &&
    (wide.api === undefined || wide.api === narrow.api) &&
    (wide.groupId === undefined || wide.groupId === narrow.groupId)
  );
}

function definedOf({ api, groupId }: { api?: ApiName | undefined; groupId?: string | undefined }) {
  return { ...(api !== undefined && { api }), ...(groupId !== undefined && { groupId }) };
}

function hashOf(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index++) hash = scramble(hash, text.charCodeAt(index));
  return hash;
}
