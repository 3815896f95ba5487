import * as v from 'valibot';
import type { AppState } from '../app/state.ts';
import { errorTexts } from '../errors.ts';
import { type Api, parseBody, requiredText, topicCommunity } from './api.ts';

const schema = v.object({
  GroupId: requiredText,
  TopicIdList: v.pipe(
    v.array(v.string('must be a string'), 'is required and must be an array'),
    v.nonEmpty('must not be empty'),
  ),
});

/** Deletes topics for good, with a result for each (https://trtc.io/document/49470). */
export const destroyTopic: Api = (app, body) => {
  const { GroupId, TopicIdList } = parseBody(schema, body);
  topicCommunity(app, GroupId);
  return { DestroyResultItem: TopicIdList.map((topicId) => destroy(app, GroupId, topicId)) };
};

function destroy(app: AppState, groupId: string, TopicId: string): object {
  const { topics, deletedTopicIds } = app.community(groupId);
  if (deletedTopicIds.has(TopicId)) return { ErrorCode: 110003, ErrorInfo: errorTexts[110003], TopicId };
  if (!topics.has(TopicId)) return { ErrorCode: 10010, ErrorInfo: 'this topic does not exist', TopicId };
  app.deleteTopic(groupId, TopicId);
  return { ErrorCode: 0, ErrorInfo: '', TopicId };
}
