import { openEmbeddedQueue } from '../local/embeddedQueue.ts';
import { openEmbeddedStore } from '../local/embeddedStore.ts';
import { tellCpu } from './tellCpu.ts';

/** The embedded servers in a process of their own: prints the URLs of store and queue, serves until it is killed. */
const [dataDir = ''] = process.argv.slice(2);
// What the benches' clients name, as with any other server that is named to them.
const key = process.env['AWS_ACCESS_KEY_ID'] ?? 'local';
const [store, queue] = [await openEmbeddedStore(dataDir, undefined, key), await openEmbeddedQueue(key)];
tellCpu();
console.log(`${store.url} ${queue.url}`);
