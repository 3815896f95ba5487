import {
  type AppOptions,
  createSimulator,
  DEFAULT_SECRET_KEY,
  type SimulatedApp,
} from '../../simulator/index.ts';

/** An app of the test: what the stage says of it, and what is true of it. */
export interface TestApp {
  readonly sdkAppId: number;
  readonly secretId: string;
  readonly secretKey: string;
  readonly truth: SimulatedApp;
}

/** The simulated Tencent Chat with its two apps. */
export interface Simulated {
  readonly url: string;
  /** Has a right key from the start; its topics are lost and changed. */
  readonly large: TestApp;
  /** Its key was changed and the secret still holds the old one; nothing happens in it. */
  readonly small: TestApp;
  close(): Promise<void>;
}

const LARGE = {
  sdkAppId: 1_400_000_000,
  secretKey: DEFAULT_SECRET_KEY,
  communities: 100,
  topicsPerCommunity: 6,
};
const SMALL = {
  sdkAppId: 1_400_000_777,
  secretKey: DEFAULT_SECRET_KEY.replaceAll('fa4e', 'fa4f'),
  communities: 40,
  topicsPerCommunity: 4,
};

/** Starts the simulator with its oddities and rate limits on. */
export async function startSimulated(): Promise<Simulated> {
  const simulator = createSimulator({ ...LARGE, otherApps: [SMALL] });
  const url = await simulator.listen();
  const app = ({ sdkAppId, secretKey }: AppOptions): TestApp => ({
    sdkAppId,
    secretKey,
    secretId: `deploy-test/${sdkAppId}`,
    truth: simulator.app(sdkAppId),
  });
  return { url, large: app(LARGE), small: app(SMALL), close: () => simulator.close() };
}
