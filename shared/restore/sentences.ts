import { ApiError, type ChatError } from '../chat/errors.ts';
import { entryOf } from '../chat/errorTable.ts';

/** Why a topic was not put back, and what to do about it. */
export interface Sentence {
  readonly code?: number;
  /** Two sentences: what is so, and the remedy. */
  readonly message: string;
}

/**
 * What each code of import_topic means to whoever restores, and what to do. Source of the codes:
 * https://www.tencentcloud.com/document/product/1047/53448
 */
const SENTENCES: Readonly<Record<number, readonly [what: string, remedy: string]>> = {
  10004: [
    'the API does not take one of its fields',
    "compare the topic's fields with what the API says, and make the topic by hand with others",
  ],
  10007: [
    'nobody may import topics into this group: it is no community, or the account is no admin of the app',
    'check that the group is of the type Community, and that TENCENT_CHAT_IDENTIFIER is an admin',
  ],
  10010: [
    'the community does not exist any more',
    'make a community, and repeat the command with --to-group and its id',
  ],
  10015: [
    'the community id is not valid in this app',
    'check the SDKAppID and the region; in another app the community has to be made first',
  ],
  10021: [
    'the id is in use by a topic that no restore has put there',
    'compare the two; to have both, put this one into another community with --to-group',
  ],
  10037: [
    'the number of topics that the plan allows is reached',
    'delete some or upgrade the plan, and repeat the command',
  ],
  11000: [
    'topics are not enabled for this community or app',
    "check the plan and the community feature's switch in the console, and repeat the command",
  ],
  80001: [
    "the security check refuses the topic's content",
    'make the topic by hand with another text, or have the check loosened in the console',
  ],
  80005: ['the security check of the content timed out', 'repeat the command'],
};

/** The codes that are one topic's or one community's affair, however grave: the rest of a batch goes on. */
export function isOwnAffair(code: number): boolean {
  return Object.hasOwn(SENTENCES, code);
}

/** What a failed call means for the topic. */
export function sentenceOf(error: ChatError): Sentence {
  if (error instanceof ApiError) return { code: error.code, message: apiSentence(error) };
  return { message: `${error.message} Repeat the command.` };
}

function apiSentence({ code, info, api }: ApiError): string {
  const [what, remedy] = SENTENCES[code] ?? [
    entryOf(code, api).meaning,
    'repeat the command once that is mended',
  ];
  return `${code}: ${what}${info === '' ? '' : ` ("${info}")`}. ${capitalised(remedy)}.`;
}

/** Its id is taken, as {@link SENTENCES} has it; told by a look at the community, without the API's own words. */
export function takenSentence(): Sentence {
  const [what, remedy] = SENTENCES[10021] as readonly [string, string];
  return { code: 10021, message: `10021: ${what}. ${capitalised(remedy)}.` };
}

/** The id is in use, and yet no topic has it: that of a deleted topic is kept back. */
export function keptBackSentence(): Sentence {
  return {
    code: 10021,
    message:
      '10021: the API does not give the id of the deleted topic away again. Repeat the command with --new-ids: Tencent then makes up another.',
  };
}

/** Two restores have made the same topic: one of them stood still for longer than its lease. */
export function doubleSentence(topicId: string, other: string): Sentence {
  return {
    message: `it was made as ${topicId}, and another restore has made it as ${other}. Delete ${topicId}: the mapping names the other.`,
  };
}

/** Several topics may be the one that a call has made whose answer was lost. */
export function unclearSentence(topicIds: readonly string[]): Sentence {
  const which = topicIds.length === 1 ? `${topicIds[0]} is` : `${topicIds.join(', ')} are`;
  return {
    message: `an earlier call may have made it: ${which} there with its name and CreateTime, and which it is cannot be told. Delete or rename what is not wanted, and repeat the command.`,
  };
}

/** A call got no answer, and no look could tell what became of it. */
export function openSentence({ message }: ChatError): Sentence {
  return { message: `whether it was made is not known: ${message} Repeat the command: it looks first.` };
}

/** Somebody else is at it. */
export function busySentence(until: string): Sentence {
  const when = until === '' ? '' : ` until ${until}`;
  return { message: `another restore has it in hand${when}. Repeat the command when that has ended.` };
}

/** Somebody else is at a topic just like it. @param until ISO 8601 UTC */
export function contestedSentence(until: string): Sentence {
  return {
    message: `another restore has a topic just like it in hand until ${until}, and which call has made which cannot be told before. Repeat the command when that has ended.`,
  };
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
