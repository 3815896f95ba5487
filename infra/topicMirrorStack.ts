import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { addAppAlarms, addExportAlarm, addStackAlarms } from './alarms.ts';
import { AlarmTopic } from './constructs/alarmTopic.ts';
import { AppMirror } from './constructs/appMirror.ts';
import { catalogTable } from './constructs/catalogTable.ts';
import { ChangeEvents } from './constructs/changeEvents.ts';
import { NoticeTopic } from './constructs/noticeTopic.ts';
import { RunAnnouncements } from './constructs/runAnnouncements.ts';
import { TableExports } from './constructs/tableExports.ts';
import { addDashboard } from './dashboard.ts';
import { addAppOutputs, addExportOutput, addOutputs } from './outputs.ts';
import type { Stage } from './stage.ts';
import { warn } from './warnings.ts';

/**
 * A deployment: for each app a schedule that begins a run, queues and functions; one catalog that they write; and
 * from its stream the events and messages that tell of what has changed.
 */
export class TopicMirrorStack extends Stack {
  constructor(scope: Construct, stage: Stage) {
    const { stackName, account, region, tags } = stage;
    super(scope, stackName, {
      stackName,
      description: 'Topic Mirror: a nightly copy of Tencent Chat community topics',
      env: { ...(account !== undefined && { account }), ...(region !== undefined && { region }) },
      ...(tags && { tags }),
    });
    warn(this, stage);
    const alarms = new AlarmTopic(this, 'Alarms', stage);
    const table = catalogTable(this, 'Catalog', stage);

    for (const app of stage.apps) {
      const mirror = new AppMirror(this, `App${app.sdkAppId}`, stage, { app, table });
      addAppAlarms(mirror, stage, app, alarms);
      addAppOutputs(this, stage, app, mirror);
    }

    const events = new ChangeEvents(this, 'Events', stage, table);
    const summaries = new NoticeTopic(this, 'Summaries', 'Topic Mirror: runs', stage.notify.summaries);
    const announcements = new RunAnnouncements(this, 'Announcements', stage, {
      table,
      bus: events.bus,
      summaries,
    });
    addStackAlarms(this, stage, { table, events, announcements }, alarms);
    if (stage.exports) {
      const exports = new TableExports(this, 'Exports', stage, stage.exports, table);
      addExportAlarm(exports, stage, alarms);
      addExportOutput(this, exports);
    }
    const dashboard = addDashboard(this, stage, events, alarms);
    addOutputs(this, stage, { table, bus: events.bus, summaries, alarms, dashboard });
  }
}
