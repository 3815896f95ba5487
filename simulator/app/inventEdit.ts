import type { Draw } from '../random.ts';
import { customString, faceUrl, paragraph, topicName } from '../text.ts';
import type { TopicFields, TopicInfo } from './types.ts';

/** One to three fields of a topic, with values they do not have now. */
export function inventEdit(info: TopicInfo, draw: Draw): TopicFields {
  const names = draw.shuffle([
    'TopicName',
    'Introduction',
    'Notification',
    'FaceUrl',
    'CustomString',
    'mute',
  ]);
  return Object.fromEntries(names.slice(0, draw.int(1, 3)).map((name) => inventField(info, name, draw)));
}

function inventField(info: TopicInfo, name: string, draw: Draw): [string, string | number] {
  if (name === 'mute' && info.ShutUpAllFlag !== undefined) return ['ShutUpAllFlag', 1 - info.ShutUpAllFlag];
  if (name === 'mute') return ['MuteAllMember', info.MuteAllMember === 'On' ? 'Off' : 'On'];
  for (;;) {
    const value = inventText(name, draw);
    if (value !== info[name]) return [name, value];
  }
}

function inventText(name: string, draw: Draw): string {
  if (name === 'TopicName') return topicName(draw, draw.int(1, 999));
  if (name === 'FaceUrl') return faceUrl(draw);
  return name === 'CustomString' ? customString(draw) : paragraph(draw);
}
