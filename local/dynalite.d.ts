declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** Milliseconds that tables stay in each transitional state, and where LevelDB keeps its files. */
  export interface DynaliteOptions {
    path?: string;
    createTableMs?: number;
    deleteTableMs?: number;
    updateTableMs?: number;
  }

  export default function dynalite(options?: DynaliteOptions): Server;
}
