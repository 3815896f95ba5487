import * as v from 'valibot';
import type { Community, TopicInfo, TopicRecord } from '../app/types.ts';
import { type ErrorCode, errorTexts, Refusal } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { type Api, parseBody, requiredText, topicCommunity } from './api.ts';

const schema = v.object({
  GroupId: requiredText,
  From_Account: requiredText,
  TopicIdList: v.optional(v.array(v.string('must be a string'), 'must be an array'), []),
  ResponseFilter: v.optional(v.array(v.string('must be a string'), 'must be an array')),
});

/**
 * Answers all topics of a community, or those named (https://www.tencentcloud.com/document/product/1047/49469).
 * There is no paging. Each topic has its own ErrorCode; the top-level one only speaks of the community.
 */
export const getTopic: Api = (app, body) => {
  checkAccount(body);
  const { GroupId, TopicIdList, ResponseFilter } = parseBody(schema, body);
  const community = topicCommunity(app, GroupId);
  const records = TopicIdList.length === 0 ? [...community.topics.values()] : undefined;
  const elements = records
    ? records.map((record) => present(record, ResponseFilter))
    : TopicIdList.map((topicId) => named(community, topicId, ResponseFilter));
  return { ErrorInfo: 'ok', TopicAndSelfInfo: elements };
};

/** 60015: an account in the body that is not a string (https://trtc.io/document/34348). */
function checkAccount(body: JsonObject): void {
  const account = body['From_Account'];
  if (account !== undefined && typeof account !== 'string') throw new Refusal(60015);
}

function named(community: Community, topicId: string, filter: string[] | undefined): object {
  const record = community.topics.get(topicId);
  if (record) return present(record, filter);
  return absent(community, topicId, community.deletedTopicIds.has(topicId) ? 110003 : 10010);
}

function present({ info, errorInfo }: TopicRecord, filter: string[] | undefined): object {
  return {
    ErrorCode: 0,
    ...(errorInfo !== undefined && { ErrorInfo: errorInfo }),
    SelfInfo: { ShutUpTime: 0, MsgSeq: info.NextMsgSeq - 1, MsgFlag: 'AcceptAndNotify' },
    TopicInfo: filter ? filtered(info, filter) : info,
  };
}

/** A failed element names its topic: Tencent's Web SDK reads TopicInfo.TopicId of failed elements. */
function absent({ groupId }: Community, topicId: string, code: ErrorCode & (110003 | 10010)): object {
  const ErrorInfo = code === 10010 ? 'this topic does not exist' : errorTexts[code];
  return { ErrorCode: code, ErrorInfo, TopicInfo: { GroupID: groupId, TopicId: topicId } };
}

function filtered(info: TopicInfo, filter: string[]): object {
  const kept = new Set([...filter, 'GroupID', 'TopicId']);
  if (kept.has('MuteAllMember')) kept.add('ShutUpAllFlag'); // the same state, under another name
  return Object.fromEntries(Object.entries(info).filter(([field]) => kept.has(field)));
}
