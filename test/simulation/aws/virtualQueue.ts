import type { Surroundings } from './environment.ts';

export interface QueueOptions {
  readonly name: string;
  readonly visibilityMs: number;
  /** Whether each message may come twice; otherwise one in a hundred of them may. */
  readonly repeatsAll: boolean;
  /** Told of every message that is taken in. */
  readonly onSend?: (body: string) => void;
  /** Told of every message that has been delivered too often. */
  readonly onDead?: (body: string) => void;
}

export interface VirtualMessage {
  readonly id: string;
  readonly body: string;
  readonly sentAt: number;
  visibleAt: number;
  receives: number;
}

/** Deliveries after which a message is a dead letter, as deployed. */
const RECEIVE_LIMIT = 5;

/** How old the counts of a queue may be: "about a minute" (docs.aws.amazon.com, GetQueueAttributes). */
const STALE_MS = 60_000;

/** A standard SQS queue in memory: no order, each message once at least, counts that lag behind. */
export class VirtualQueue {
  readonly options: QueueOptions;
  readonly #around: Surroundings;
  #messages: VirtualMessage[] = [];
  #counts: { at: number; count: number }[] = [];
  #ids = 0;
  /** Told whenever there may be something to receive, at the moment that it is. */
  onVisible: () => void = () => {};

  constructor(options: QueueOptions, around: Surroundings) {
    this.options = options;
    this.#around = around;
  }

  get depth(): number {
    return this.#messages.length;
  }

  /** Takes a message in; sometimes it is there twice, and sometimes it is long in coming. */
  send(body: string, delayMs: number): void {
    const { weather, draw, trace } = this.#around;
    trace.add(`${this.options.name} takes ${body}`);
    this.options.onSend?.(body);
    const copies = this.repeats && weather.strikes('message twice') ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const late = weather.strikes('message late') ? draw.int(100, 20_000) : 0;
      // Most copies come while the first one is being worked off, many in the same batch.
      const apart = copy === 0 ? 0 : draw.int(0, draw.pick([50, 1500, 1500, 120_000]));
      this.#add(body, delayMs + late + apart);
    }
  }

  /**
   * Whether chance may repeat a message this time. One look at a run in a hundred: each begins a chain of looks of its
   * own, and chains that double at SQS's worst for half an hour of looks are no night that ever was.
   */
  get repeats(): boolean {
    const { draw } = this.#around;
    return this.options.repeatsAll || draw.chance(0.01);
  }

  /** Up to so many visible messages, in no order; they are out of sight for the visibility timeout. */
  receive(most: number): VirtualMessage[] {
    const { draw, time } = this.#around;
    const now = time.now();
    const visible = this.#messages.filter(({ visibleAt }) => visibleAt <= now);
    const taken = draw.shuffle(visible.filter((message) => !this.#buried(message))).slice(0, most);
    for (const message of taken) {
      message.receives += 1;
      message.visibleAt = now + this.options.visibilityMs;
      this.#wakeAt(message.visibleAt);
    }
    return taken;
  }

  delete(id: string): void {
    this.#messages = this.#messages.filter((message) => message.id !== id);
    this.#note();
  }

  /** All messages, whatever their state, as the queue's counts say: possibly as they were a minute ago. */
  countedDepth(): number {
    const { weather, draw, time } = this.#around;
    if (!weather.strikes('counts stale')) return this.depth;
    const asOf = time.now() - draw.int(0, STALE_MS);
    return this.#counts.findLast(({ at }) => at <= asOf)?.count ?? 0;
  }

  #add(body: string, delayMs: number): void {
    const now = this.#around.time.now();
    const visibleAt = now + Math.max(1, delayMs);
    this.#messages.push({
      id: `${this.options.name}-${++this.#ids}`,
      body,
      sentAt: now,
      visibleAt,
      receives: 0,
    });
    this.#note();
    this.#wakeAt(visibleAt);
  }

  #buried(message: VirtualMessage): boolean {
    if (message.receives < RECEIVE_LIMIT) return false;
    this.#around.trace.add(`${this.options.name} buries ${message.body}`);
    this.delete(message.id);
    this.options.onDead?.(message.body);
    return true;
  }

  #wakeAt(at: number): void {
    const { time } = this.#around;
    time.after(at - time.now(), () => this.onVisible());
  }

  #note(): void {
    const at = this.#around.time.now();
    while (this.#counts[1] && this.#counts[1].at < at - STALE_MS) this.#counts.shift();
    this.#counts.push({ at, count: this.depth });
  }
}
