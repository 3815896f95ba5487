/**
 * The API's spellings beside those of the catalog, told apart from the code under test. Whatever is not here is kept under
 * `extra`.
 */
export const SPELLINGS: Readonly<Record<string, string>> = {
  TopicName: 'topicName',
  Introduction: 'introduction',
  Notification: 'notification',
  FaceUrl: 'faceUrl',
  CustomString: 'customString',
  CreateTime: 'createTime',
  LastMsgTime: 'lastMsgTime',
  NextMsgSeq: 'nextMsgSeq',
};
