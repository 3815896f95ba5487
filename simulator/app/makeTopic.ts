import type { JsonObject } from '../json.ts';
import type { Draw } from '../random.ts';
import { customString, faceUrl, paragraph, topicName } from '../text.ts';
import { SIMULATOR_EPOCH } from './layout.ts';
import type { Community, CommunityStyle, TopicInfo, TopicRecord } from './types.ts';

const DAY = 86_400;
const MAX_AGE_DAYS = 1_100;
const QUIET_SHARE = 0.4;
const MUTED_SHARE = 0.05;
const optionalFields = ['FaceUrl', 'Notification', 'Introduction', 'CustomString'] as const;

/** A made-up topic: quiet or busy, in some script, at times peculiar. */
export function makeTopic(community: Community, topicId: string, ordinal: number, draw: Draw): TopicRecord {
  const { style, groupId } = community;
  const info: TopicInfo = {
    TopicName: topicName(draw, ordinal),
    GroupID: groupId,
    FaceUrl: draw.chance(0.4) ? faceUrl(draw) : '',
    TopicId: topicId,
    NextMsgSeq: 1,
    Notification: draw.chance(0.5) ? paragraph(draw) : '',
    Introduction: draw.chance(0.7) ? paragraph(draw) : '',
    CreateTime: SIMULATOR_EPOCH - draw.int(1, MAX_AGE_DAYS * DAY),
    LastMsgTime: 0,
    ...muteField(style, draw.chance(MUTED_SHARE)),
    CustomString: customString(draw),
  };
  if (!draw.chance(QUIET_SHARE)) addMessages(info, draw);
  if (style.unknownFields) Object.assign(info, unknownFields(draw));
  return style.gaps ? withGaps(info, draw) : { info, errorInfo: 'ok' };
}

/** The mute state under the name and type this community uses. */
export function muteField(
  style: CommunityStyle,
  muted: boolean,
): Pick<TopicInfo, 'MuteAllMember' | 'ShutUpAllFlag'> {
  return style.integerMuteFlag ? { ShutUpAllFlag: muted ? 1 : 0 } : { MuteAllMember: muted ? 'On' : 'Off' };
}

function addMessages(info: TopicInfo, draw: Draw): void {
  info.NextMsgSeq = 2 + Math.floor(Math.exp(4 + 2 * draw.normal()));
  info.LastMsgTime = draw.int(info.CreateTime, SIMULATOR_EPOCH);
}

/**
 * Fields no REST page names; clients have such properties
 * (https://im.sdk.qcloud.com/doc/zh-cn/interfaceV2TIMTopicInfo.html). Names and shapes are guesses:
 * the point is that a reader keeps what it does not know.
 */
function unknownFields(draw: Draw): JsonObject {
  return {
    TopicType: draw.pick(['Public', 'Private']),
    InheritMessageReceiveOptionFromCommunity: draw.int(0, 1),
    MemberMaxCount: draw.int(1, 10_000),
    AppDefinedData: [{ Key: 'level', Value: `abc\u0000${draw.int(1, 9)}` }],
    Permission: {
      Default: draw.int(0, 255),
      Mask: (1n << 60n) + BigInt(draw.int(0, 0xffffffff)),
      Groups: [],
    },
    LastEventSeq: 9_007_199_254_740_993n + 2n * BigInt(draw.int(0, 0xffffffff)),
  };
}

function withGaps(info: TopicInfo, draw: Draw): TopicRecord {
  const roll = draw.fraction();
  if (roll < 0.04) delete info[optionalFields[Math.floor(roll * 100)] ?? 'FaceUrl'];
  return { info, errorInfo: roll > 0.99 ? undefined : roll > 0.97 ? '' : 'ok' };
}
