import { describe, expect, it } from '@jest/globals';
import { createLogger } from '../../shared/logger.ts';
import { createMetrics, METRICS } from '../../shared/metrics.ts';

describe('a count', () => {
  it('is one log line that CloudWatch reads as a metric of the app', () => {
    expect(
      lineOf((metrics) => metrics.count({ [METRICS.runsClosed]: 1, [METRICS.deletionsHeld]: 0 })),
    ).toEqual({
      time: '1970-01-01T00:00:01.000Z',
      level: 'info',
      event: 'metrics',
      _aws: {
        Timestamp: 1000,
        CloudWatchMetrics: [
          {
            Namespace: 'TopicMirror/production',
            Dimensions: [['SdkAppId']],
            Metrics: [
              { Name: 'RunsClosed', Unit: 'Count' },
              { Name: 'DeletionsHeld', Unit: 'Count' },
            ],
          },
        ],
      },
      SdkAppId: '1400000000',
      RunsClosed: 1,
      DeletionsHeld: 0,
    });
  });

  it('of an error code is counted for the app as a whole and for the code', () => {
    const line = lineOf((metrics) => metrics.count({ [METRICS.deletedTopicErrors]: 1 }, 110003));
    expect(line).toMatchObject({
      _aws: { CloudWatchMetrics: [{ Dimensions: [['SdkAppId'], ['SdkAppId', 'Code']] }] },
      Code: '110003',
      DeletedTopicErrors: 1,
    });
  });
});

function lineOf(count: (metrics: ReturnType<typeof createMetrics>) => void): unknown {
  const lines: string[] = [];
  const now = () => 1000;
  count(
    createMetrics(
      'TopicMirror/production',
      1_400_000_000,
      createLogger((line) => lines.push(line), {}, now),
      now,
    ),
  );
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0] as string);
}
