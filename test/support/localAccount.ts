/** What a client needs to talk to a server that checks no signature. */
export const LOCAL_ACCOUNT = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
} as const;
