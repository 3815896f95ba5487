import { openEmbeddedQueue } from '../local/embeddedQueue.ts';
import { openEmbeddedStore } from '../local/embeddedStore.ts';
import { tellCpu } from './tellCpu.ts';

/** The embedded servers in a process of their own: prints the URLs of store and queue, serves until it is killed. */
const [dataDir = ''] = process.argv.slice(2);
const [store, queue] = [await openEmbeddedStore(dataDir), await openEmbeddedQueue()];
tellCpu();
console.log(`${store.url} ${queue.url}`);
