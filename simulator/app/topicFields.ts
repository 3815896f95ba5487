import { Refusal } from '../errors.ts';
import { muteField } from './makeTopic.ts';
import type { Community, TopicFields, TopicInfo } from './types.ts';

/** What create_topic and import_topic leave when nothing but ids is given. That unset texts read "" is a guess. */
export function blankTopic({ groupId, style }: Community, topicId: string, createTime: number): TopicInfo {
  return {
    TopicName: '',
    GroupID: groupId,
    FaceUrl: '',
    TopicId: topicId,
    NextMsgSeq: 1,
    Notification: '',
    Introduction: '',
    CreateTime: createTime,
    LastMsgTime: 0,
    ...muteField(style, false),
    CustomString: '',
  };
}

/** Sets fields in place; null removes one. @throws Refusal 10004 for the ids, which cannot change. */
export function setFields(info: TopicInfo, fields: TopicFields): TopicInfo {
  for (const [name, value] of Object.entries(wireFields(info, fields))) {
    if (name === 'TopicId' || name === 'GroupID') throw new Refusal(10004, `${name} cannot be changed`);
    if (value === null) delete info[name];
    else info[name] = value;
  }
  return info;
}

/** MuteAllMember under the name the topic uses. */
function wireFields(info: TopicInfo, fields: TopicFields): TopicFields {
  if (fields['MuteAllMember'] === undefined || info.ShutUpAllFlag === undefined) return fields;
  const { MuteAllMember: mute, ...rest } = fields;
  return { ...rest, ShutUpAllFlag: mute === 'On' ? 1 : 0 };
}
